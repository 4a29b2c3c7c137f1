import type { Secret } from './secret.js';

/** A secret as the value of an environment variable, or why it cannot be one. */
export type VariableValue =
  | { readonly is: 'value'; readonly value: string }
  | { readonly is: 'unfit'; readonly why: string };

/**
 * The secret as text that a program reads from its environment as exactly these bytes. The text is never altered to
 * fit: another value would be another key.
 */
export function variableValue(secret: Secret): VariableValue {
  const bytes = secret.reveal();
  if (bytes.length === 0) return { is: 'unfit', why: 'it is empty' };
  if (bytes.includes(0)) return { is: 'unfit', why: 'it contains a NUL byte' };
  const value = bytes.toString('utf8');
  // Invalid UTF-8 was replaced during decoding.
  if (!Buffer.from(value).equals(bytes)) return { is: 'unfit', why: 'it is not valid UTF-8' };
  return { is: 'value', value };
}
