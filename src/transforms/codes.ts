/**
 * Ways in which the bytes of a secret are changed, in the order in which causes are claimed: if two explain the same bytes
 * equally well, the first is reported. Of two successive changes, the later code is the more specific one.
 */
export const transformCodes = [
  'trailing-newline',
  'crlf-line-ending',
  'surrounding-whitespace',
  'byte-order-mark',
  'quotes-kept',
  'base64-not-decoded',
  'base64-decoded',
  'hex-decoded',
  'base64-variant',
  'url-encoded',
  'escape-not-expanded',
  'escaped-text',
  'read-as-number',
  'truncated-at-dollar',
  'truncated-at-hash',
  'truncated-at-newline',
  'truncated-at-character',
  'truncated-length',
  'case-changed',
  'line-breaks-changed',
  'character-encoding',
  'prefix-kept',
  'assignment-kept',
  'json-not-unwrapped',
  'characters-substituted',
  'extra-characters',
  'decoded-as-text',
  'derived-key',
] as const;
export type TransformCode = (typeof transformCodes)[number];

/** Values that are not a secret, known without any other secret. */
export const literalCodes = ['empty-secret', 'non-value', 'unresolved-placeholder'] as const;
export type LiteralCode = (typeof literalCodes)[number];

/** Every code of the family `which-bytes`. */
export type WhichBytesCode = TransformCode | LiteralCode;
