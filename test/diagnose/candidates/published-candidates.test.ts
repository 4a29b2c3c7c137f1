import { describe, expect, it } from 'vitest';
import { some } from '../../support/random.js';
import { causes, check, fingerprint, shows } from './world.js';

const right = 'kZ8vWq3xmN5tR7yP2sD4fG6hJ9qW1eU0_-bC';

/** One service beside the right secret, which its holder yields. */
const beside = (value: string | Buffer, more: Record<string, ReturnType<typeof shows>> = {}) =>
  check(
    {
      environments: {
        staging: {
          reference: 'sm',
          participants: {
            sm: { source: { kind: 'env', names: ['RIGHT'] } },
            service: { source: { kind: 'pinned', fingerprint: fingerprint(value) } },
            ...more,
          },
        },
      },
    },
    { env: { RIGHT: right } },
  );

const nobodyKnows = (i: number) =>
  ({ source: { kind: 'pinned', fingerprint: fingerprint(`unlisted ${i}`) } }) as const;

describe('published secrets', () => {
  it.each(
    some(
      [
        'dev-secret-change-me',
        '!UnsecureChangeMe!',
        'your-super-secret-jwt-key-change-this-in-production',
        'my_super_secret_jwt_key_change_in_prod',
        'replace-with-a-strong-random-secret',
        'PUT_YOUR_SECRET_KEY_HERE',
        'YourVerySecretKey123',
        'insecure-default-jwt-secret-do-not-use-in-production',
        'sua_chave_secreta_aqui',
        'your-secret-key-at-least-32-characters-long',
        'secret\n',
        '"changeme"',
      ],
      3,
    ),
  )('%j is known', async (value) => {
    const report = await beside(value);
    expect(causes(report)).toEqual([['published-default', ['service']]]);
    expect(JSON.stringify(report)).not.toContain(value.trim().slice(0, 12).padEnd(8, '?'));
  });

  it('are looked up for any number of participants, and reported as probable where a match by chance is possible', async () => {
    for (const count of [2, 4, 40]) {
      const others = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`other${i}`, nobodyKnows(i)]),
      );
      const report = await beside('json-server-auth-123456', others);
      const found = report.findings.find((f) => f.code === 'published-default');
      expect(found?.participants).toEqual(['service']);
      expect(found?.evidence.probable).toBe(count > 2 ? true : undefined);
      expect(found?.message).toContain(count > 2 ? 'probably holds' : 'service holds');
    }
  });

  it('are found where all agree on one and none yields it', async () => {
    const participants = { a: shows('json-server-auth-123456'), b: shows('json-server-auth-123456') };
    const report = await check({ environments: { staging: { participants } } });
    expect([report.verdict, causes(report)]).toEqual(['consistent', [['published-default', ['a', 'b']]]]);
  });

  it('are found in a secret at hand in spite of quotes and a newline', async () => {
    for (const value of ['json-server-auth-123456\n', '"your-jwt-secret-key-change-me"']) {
      const source = { kind: 'env' as const, names: ['HELD'] };
      const report = await check(
        {
          environments: { staging: { reference: 'p0', participants: { p0: { source }, p1: shows(value) } } },
        },
        { env: { HELD: value } },
      );
      expect(causes(report)[0]).toEqual(['published-default', ['p0', 'p1']]);
    }
  });
});

describe('what stands where a secret should', () => {
  it.each(
    some(
      [
        ['/run/secrets/jwt_secret', 'secret-name-as-value'],
        ['file:///run/secrets/jwt_secret', 'secret-name-as-value'],
        ['/vault/secrets/jwt-secret', 'secret-name-as-value'],
        ['/etc/secrets/JWT_SECRET_KEY', 'secret-name-as-value'],
        ['JWT_SECRET_FILE', 'secret-name-as-value'],
        ['********', 'non-value'],
        ['•'.repeat(12), 'non-value'],
        ['xxxxxxxxxxxxxxxx', 'non-value'],
        ['[REDACTED]', 'non-value'],
        ['(redacted)', 'non-value'],
        ['<sensitive>', 'non-value'],
        ['(sensitive value)', 'non-value'],
        ['***REDACTED***', 'non-value'],
        ['(known after apply)', 'non-value'],
        ['[FILTERED]\n', 'non-value'],
        ['REPLACE_ME', 'unresolved-placeholder'],
        ['TODO', 'unresolved-placeholder'],
        ['<insert-secret-here>', 'unresolved-placeholder'],
        ['to-be-defined', 'unresolved-placeholder'],
        ['process.env.JWT_SECRET', 'unresolved-placeholder'],
        ['{{ .Values.JWT_SECRET }}', 'unresolved-placeholder'],
      ],
      6,
    ),
  )('%j: %s', async (value, code) => {
    expect(causes(await beside(value))).toEqual([[code, ['service']]]);
  });

  it.each(['[REDACTED]', '********', 'REPLACE_ME'])('%j that all hold is an alarm', async (value) => {
    const source = { kind: 'env' as const, names: ['HELD'] };
    const config = {
      environments: { staging: { reference: 'p0', participants: { p0: { source }, p1: shows(value) } } },
    };
    expect(causes(await check(config, { env: { HELD: value } }))).toEqual([
      ['published-default', ['p0', 'p1']],
    ]);
    const shown = { environments: { staging: { participants: { p0: shows(value), p1: shows(value) } } } };
    expect(causes(await check(shown))).toEqual([['published-default', ['p0', 'p1']]]);
  });

  it('is never claimed of a random secret', async () => {
    for (let i = 0; i < 5; i += 1)
      expect(causes(await beside(fingerprint(`random ${i}`, 43)))).toEqual([
        ['fingerprint-mismatch', ['service']],
      ]);
  });
});
