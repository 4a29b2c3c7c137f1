import { decoded, encoded } from './base64.js';
import type { Transform } from './transform.js';

/** The base64 text is used, where the key is the bytes that it stands for. */
export const base64NotDecoded: Transform = {
  code: 'base64-not-decoded',
  words: {
    title: 'The base64 text is used as the key, not the bytes it encodes',
    explanation:
      'The secret is meant as bytes and is passed on as base64. One side uses the text as it is, the other decodes it ' +
      'first. Kubernetes takes base64 in `data` and plain text in `stringData`; an encoded value put into `stringData` ' +
      'stays encoded.',
    example: 'secret_manager holds the bytes; backend_service got `base64 -w0` of them and never decodes it.',
    proof: "One side's fingerprint is that of the other side's secret as base64 text.",
    incidents: ['jjwt#315', 'hasura#10120', 'supabase/auth#1758'],
    remedy:
      'Decide whether the key is the text or the bytes, document it, and have every service do the same.',
    phrase: 'as base64 text, not decoded',
    look: 'Where the value is set, pass it on as it is, or decode it before it is used; in Kubernetes base64 belongs in `data`, not in `stringData`.',
  },
  mirrored: true,
  apply: encoded,
  undo: decoded,
};
