import { literalCodes, transformCodes } from './transforms/codes.js';

/** Codes of findings about the secret that a participant holds instead of the right one. */
export const candidateCodes = [
  ...literalCodes,
  ...transformCodes,
  'hardcoded-fallback',
  'secret-name-as-value',
  'published-default',
  'stale-secret-version',
  'ahead-of-reference',
  'wrong-environment',
  'sibling-secret',
  'equivalent-secret',
  'fingerprint-misreported',
] as const;

/** The finding that a candidate for the secret in use proves. */
export type CandidateCode = (typeof candidateCodes)[number];

const otherCodes = [
  'accepts-forged-token',
  'accepts-missing-token',
  'accepts-expired-token',
  'accepts-unsigned-token',
  'accepts-tampered-token',
  'accepts-retired-key',
  'replicas-disagree',
  'proof-failed',
  'fingerprint-mismatch',
  'service-credentials-rejected',
  'algorithm-mismatch',
  'key-encoding-mismatch',
  'clock-skew',
  'claims-rejected',
  'fingerprint-not-in-use',
  'token-not-received',
  'token-header-rejected',
  'websocket-only-rejection',
  'weak-secret',
  'rejects-valid-token',
  'rotation-overlap',
  'reference-unavailable',
  'retired-key-unavailable',
  'signs-too-early',
  'signs-with-retired-key',
  'rotation-lagging',
  'rotation-stalled',
  'rotation-unreadable',
  'participant-unreachable',
  'fingerprint-unusable',
  'proof-missing',
  'probe-inconclusive',
  'secret-exposed',
  'shared-across-environments',
] as const;

/** The code of a finding: public, and stable. */
export type FindingCode = CandidateCode | (typeof otherCodes)[number];

/** Every code. */
export const findingCodes: readonly FindingCode[] = [...candidateCodes, ...otherCodes];
