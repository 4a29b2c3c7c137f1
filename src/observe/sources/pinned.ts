import * as z from 'zod';
import { parseFingerprint } from '../../secret/fingerprint.js';
import { fingerprintReading } from './fingerprint-reading.js';
import { failed, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('pinned'),
    fingerprint: z
      .string()
      .regex(/^(sha256:)?[0-9a-f]{8,64}$/i, 'expected 8 to 64 hex digits of a SHA-256')
      .describe('First hex digits of SHA-256 over the secret, as `jwtcheck fingerprint` prints them.'),
  })
  .describe('A known fingerprint.');

/** Reads a fingerprint from the configuration. */
export const pinned: Source<typeof schema> = {
  schema,
  isLocal: true,
  target: () => 'the configuration',
  holder: () => ({ is: 'pin' }),
  yieldsSecret: () => false,
  async read(source, context) {
    const fingerprint = parseFingerprint(source.fingerprint, context.fingerprintLength);
    if (fingerprint === null)
      return failed({
        code: 'invalid-response',
        message: 'the pinned fingerprint is not 8 to 64 hex digits',
      });
    return fingerprintReading(fingerprint);
  },
};
