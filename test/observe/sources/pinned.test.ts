import { describe, expect, it } from 'vitest';
import { pinned } from '../../../src/observe/sources/pinned.js';
import { read, worldOf } from './world.js';

describe('pinned', () => {
  it.each(['200718bd', '200718BD', 'sha256:200718bd', `200718bd${'0'.repeat(56)}`])(
    'takes %s',
    async (fingerprint) => {
      expect(await read(pinned, { kind: 'pinned', fingerprint }, worldOf())).toMatchObject({
        is: 'fingerprint',
        instances: [{ instance: null, fingerprint: '200718bd', samples: 1 }],
        accepts: ['200718bd'],
      });
    },
  );

  it('keeps as many digits as a fingerprint has', async () => {
    const context = worldOf({ fingerprintLength: 12 });
    expect(await read(pinned, { kind: 'pinned', fingerprint: '200718bdabcdef' }, context)).toMatchObject({
      accepts: ['200718bdabcd'],
    });
  });

  it.each(['200718b', 'x'.repeat(8), '0'.repeat(65), 'md5:200718bd', ''])('refuses %j', (fingerprint) => {
    expect(pinned.schema.safeParse({ kind: 'pinned', fingerprint }).success).toBe(false);
  });
});
