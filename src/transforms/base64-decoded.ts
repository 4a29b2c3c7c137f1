import { decoded, encoded } from './base64.js';
import type { Transform } from './transform.js';

/** The key is the text as it is, and one side decoded it because it can be read as base64. */
export const base64Decoded: Transform = {
  code: 'base64-decoded',
  words: {
    title: 'The secret was decoded as base64, but the text is the key',
    explanation:
      'The secret looks like base64, and one side decodes it before it signs; some libraries and frameworks do so by ' +
      'default. The other side uses the text unchanged. Lenient decoders also accept texts that are not base64, and ' +
      'drop every character outside its alphabet.',
    example:
      'The secret is the output of `openssl rand -base64 48`; one service passes it through a decoder.',
    proof: "One side's fingerprint matches the other side's secret decoded from base64.",
    incidents: ['jjwt#315', 'hasura#10120', 'supabase/auth#1758'],
    remedy:
      "Make every service use the bytes of the text; look for setters that expect base64, such as jjwt's older " +
      'signWith.',
    phrase: 'decoded from base64',
    look: 'Use the text as the key; look for a library or a setting that decodes it without being asked.',
  },
  mirrored: true,
  apply: decoded,
  undo: encoded,
};
