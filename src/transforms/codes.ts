/**
 * Ways in which the bytes of a secret get changed, in the order in which causes are claimed: where two give the same
 * bytes, the first is told.
 */
export const distortionCodes = [
  'trailing-newline',
  'crlf-line-ending',
  'surrounding-whitespace',
  'byte-order-mark',
  'quotes-kept',
  'base64-not-decoded',
  'base64-decoded',
  'hex-decoded',
  'url-encoded',
  'escape-not-expanded',
  'truncated-at-dollar',
  'truncated-at-hash',
  'truncated-at-newline',
  'truncated-length',
  'case-changed',
  'json-not-unwrapped',
] as const;
export type DistortionCode = (typeof distortionCodes)[number];

/** What stands where a secret should, and is none; known without any other secret. */
export const literalCodes = ['empty-secret', 'non-value', 'unresolved-placeholder'] as const;
export type LiteralCode = (typeof literalCodes)[number];

/** Every code of the family "other bytes than meant". */
export type WhichBytesCode = DistortionCode | LiteralCode;
