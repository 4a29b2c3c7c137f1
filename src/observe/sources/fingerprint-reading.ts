import type { Fingerprint } from '../../model.js';
import { longestFingerprint, shortestFingerprint } from '../../secret/fingerprint.js';
import type { FingerprintReading } from './source.js';

/** The reading of one fingerprint, without any other fact. */
export const fingerprintReading = (fingerprint: Fingerprint): FingerprintReading => ({
  is: 'fingerprint',
  instances: [{ instance: null, fingerprint, samples: 1 }],
  accepts: [fingerprint],
  version: null,
  provenance: null,
  error: null,
});

/**
 * Describes the type of a value that should be a fingerprint, without repeating any of it: it may be the secret
 * itself.
 */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'string') return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  if (value === '') return 'an empty string';
  const hex = value.replace(/^sha256:/i, '');
  if (!/^[0-9a-f]*$/i.test(hex)) return 'a text that is not hex';
  if (hex.length < shortestFingerprint) return `only ${hex.length} hex digits`;
  return hex.length > longestFingerprint ? 'more hex digits than SHA-256 has' : 'hex digits';
}
