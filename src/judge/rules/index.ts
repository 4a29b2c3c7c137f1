import type { Rule } from '../rule.js';
import { acceptsBadTokens } from './accepts-bad-tokens.js';
import { acceptsRetiredKey } from './accepts-retired-key.js';
import { aheadOfReference } from './ahead-of-reference.js';
import { algorithmMismatch } from './algorithm-mismatch.js';
import { claimsRejected } from './claims-rejected.js';
import { clockSkew } from './clock-skew.js';
import { equivalentSecret } from './equivalent-secret.js';
import { fingerprintMismatch } from './fingerprint-mismatch.js';
import { fingerprintMisreported } from './fingerprint-misreported.js';
import { fingerprintNotInUse } from './fingerprint-not-in-use.js';
import { fingerprintUnusable } from './fingerprint-unusable.js';
import { hardcodedFallback } from './hardcoded-fallback.js';
import { keyEncodingMismatch } from './key-encoding-mismatch.js';
import { participantUnreachable } from './participant-unreachable.js';
import { probeInconclusive } from './probe-inconclusive.js';
import { proofFailed } from './proof-failed.js';
import { proofMissing } from './proof-missing.js';
import { publishedDefault } from './published-default.js';
import { referenceUnavailable } from './reference-unavailable.js';
import { rejectsValidToken } from './rejects-valid-token.js';
import { replicasDisagree } from './replicas-disagree.js';
import { retiredKeyUnavailable } from './retired-key-unavailable.js';
import { rotationLagging } from './rotation-lagging.js';
import { rotationOverlap } from './rotation-overlap.js';
import { rotationStalled } from './rotation-stalled.js';
import { rotationUnreadable } from './rotation-unreadable.js';
import { secretExposed } from './secret-exposed.js';
import { secretNameAsValue } from './secret-name-as-value.js';
import { serviceCredentialsRejected } from './service-credentials-rejected.js';
import { sharedAcrossEnvironments } from './shared-across-environments.js';
import { siblingSecret } from './sibling-secret.js';
import { signsTooEarly } from './signs-too-early.js';
import { signsWithRetiredKey } from './signs-with-retired-key.js';
import { staleSecretVersion } from './stale-secret-version.js';
import { tokenHeaderRejected } from './token-header-rejected.js';
import { tokenNotReceived } from './token-not-received.js';
import { weakSecret } from './weak-secret.js';
import { websocketOnlyRejection } from './websocket-only-rejection.js';
import { noSecretRules, transformRules } from './which-bytes.js';
import { wrongEnvironment } from './wrong-environment.js';

/**
 * Every rule, in the order in which causes are claimed: if several rules prove a cause for one participant, the first
 * one is reported.
 */
export const rules: readonly Rule[] = [
  ...acceptsBadTokens,
  acceptsRetiredKey,
  signsTooEarly,
  signsWithRetiredKey,
  rotationLagging,
  replicasDisagree,
  proofFailed,
  hardcodedFallback,
  secretNameAsValue,
  ...noSecretRules,
  publishedDefault,
  staleSecretVersion,
  aheadOfReference,
  wrongEnvironment,
  ...transformRules,
  siblingSecret,
  fingerprintMismatch,
  serviceCredentialsRejected,
  algorithmMismatch,
  keyEncodingMismatch,
  clockSkew,
  claimsRejected,
  fingerprintNotInUse,
  tokenNotReceived,
  tokenHeaderRejected,
  weakSecret,
  websocketOnlyRejection,
  rejectsValidToken,
  referenceUnavailable,
  retiredKeyUnavailable,
  rotationUnreadable,
  fingerprintUnusable,
  participantUnreachable,
  proofMissing,
  probeInconclusive,
  secretExposed,
  sharedAcrossEnvironments,
  equivalentSecret,
  fingerprintMisreported,
  rotationStalled,
  rotationOverlap,
];
