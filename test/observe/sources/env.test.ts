import { describe, expect, it } from 'vitest';
import { env } from '../../../src/observe/sources/env.js';
import { bytesOf, read, worldOf } from './world.js';

const names = ['JWT_SECRET_STAGING', 'JWT_SECRET'];

describe('env', () => {
  it('takes the first variable that is set', async () => {
    const context = worldOf({ env: { JWT_SECRET: 'second', JWT_SECRET_STAGING: 'first' } });
    const result = await read(env, { kind: 'env', names }, context);
    expect(bytesOf(result)).toBe('first');
    expect(result).toMatchObject({ provenance: '<JWT_SECRET_STAGING>' });
  });

  it.each(['', ' x ', 'x\n', '"x"'])('takes it as is: %j', async (value) => {
    const result = await read(
      env,
      { kind: 'env', names, fallback: 'f' },
      worldOf({ env: { JWT_SECRET: value } }),
    );
    expect(bytesOf(result)).toBe(value);
    expect(result).toMatchObject({ provenance: '<JWT_SECRET>' });
  });

  it('knows the variables further down that are set, too', async () => {
    const context = worldOf({ env: { JWT_SECRET: 'second', JWT_SECRET_STAGING: 'first', OTHER: 'third' } });
    const result = await read(env, { kind: 'env', names: [...names, 'UNSET'] }, context);
    const siblings = result.is === 'secret' ? (result.siblings ?? []) : [];
    expect(siblings.map((s) => [s.name, s.secret.reveal().toString()])).toEqual([['<JWT_SECRET>', 'second']]);
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'is not set by what every object has: %s',
    async (name) => {
      const result = await read(env, { kind: 'env', names: [name] }, worldOf({ env: {} }));
      expect(result).toMatchObject({ is: 'error', error: { code: 'unset' } });
    },
  );

  it('passes over empty variables where they count as unset', async () => {
    const source = { kind: 'env', names, empty: 'unset', fallback: 'f' } as const;
    const second = worldOf({ env: { JWT_SECRET_STAGING: '', JWT_SECRET: 'second' } });
    expect(await read(env, source, second)).toMatchObject({ provenance: '<JWT_SECRET>', siblings: [] });
    const none = worldOf({ env: { JWT_SECRET_STAGING: '', JWT_SECRET: '' } });
    expect(await read(env, source, none)).toMatchObject({ provenance: 'fallback' });
    const { fallback: _, ...without } = source;
    expect(await read(env, without, none)).toMatchObject({
      error: { code: 'unset', message: expect.stringContaining('or all are empty') },
    });
  });

  it('falls back, and says so', async () => {
    const result = await read(env, { kind: 'env', names, fallback: 'f' }, worldOf());
    expect(bytesOf(result)).toBe('f');
    expect(result).toMatchObject({ provenance: 'fallback' });
  });

  it('names the variables where none is set', async () => {
    expect(await read(env, { kind: 'env', names }, worldOf())).toMatchObject({
      is: 'error',
      error: { code: 'unset', message: expect.stringContaining('<JWT_SECRET_STAGING>, <JWT_SECRET>') },
    });
  });

  it('takes no name that is none', () => {
    expect(env.schema.safeParse({ kind: 'env', names: ['A B'] }).success).toBe(false);
    expect(env.schema.safeParse({ kind: 'env', names: [] }).success).toBe(false);
  });
});
