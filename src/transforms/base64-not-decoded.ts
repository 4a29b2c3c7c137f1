import { decoded, encoded } from './base64.js';
import type { Transform } from './transform.js';

/** The base64 text is used instead of the bytes that it encodes. */
export const base64NotDecoded: Transform = {
  code: 'base64-not-decoded',
  words: {
    title: 'The base64 text is used as the key, not the bytes it encodes',
    explanation:
      'The secret is a sequence of bytes that is passed on as base64. One side uses the text unchanged, the other ' +
      'decodes it first. Kubernetes expects base64 in `data` and plain text in `stringData`; an encoded value in ' +
      '`stringData` stays encoded.',
    example:
      'secret_manager holds the bytes; backend_service has the output of `base64 -w0` and never decodes it.',
    proof: "One side's fingerprint matches the other side's secret as base64 text.",
    incidents: ['jjwt#315', 'hasura#10120', 'supabase/auth#1758'],
    remedy:
      'Decide whether the key is the text or the bytes, document it, and make every service do the same.',
    phrase: 'as base64 text, not decoded',
    look: 'Where the value is set, pass it on as it is, or decode it before it is used; in Kubernetes base64 belongs in `data`, not in `stringData`.',
  },
  mirrored: true,
  apply: encoded,
  undo: decoded,
};
