import type { FindingCode } from '../finding-codes.js';
import type { ExitCode, Verdict } from '../model.js';
import {
  allHold,
  anotherSecret,
  backendWith,
  currentOf,
  fallbackLiteral,
  previousOf,
  type Stage,
} from './stage.js';
import { issuer } from './verifier.js';

/** A realistic fault, and the expected result of a check. */
export interface Scenario {
  readonly title: string;
  /** The cause of the drift, in a sentence or two. */
  readonly story: string;
  readonly verdict: Verdict;
  readonly exitCode: ExitCode;
  /** The finding that names it, and the participants concerned; `null` if nothing is wrong. */
  readonly finding: { readonly code: FindingCode; readonly participant: string } | null;
  /** The differences from a healthy system. */
  arrange(stage: Stage): Partial<Stage>;
}

export const scenarios = {
  consistent: {
    title: 'Every participant holds the latest version',
    story: 'Secret Manager, the auth service, the backend and the tests hold the same secret.',
    verdict: 'consistent',
    exitCode: 0,
    finding: null,
    arrange: () => ({}),
  },
  'hard-coded-fallback': {
    title: 'The tests sign with a literal from their source code',
    story:
      'The services read Secret Manager. The end-to-end tests look for a variable that the pipeline does not set, and silently fall back to a literal: every token that they mint is rejected.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'hardcoded-fallback', participant: 'test_framework' },
    arrange: () => ({ testSecret: null }),
  },
  'trailing-newline': {
    title: 'The secret of the backend ends in a newline',
    story: 'The secret was written to a file with echo. The backend takes the file as it is.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'trailing-newline', participant: 'backend_service' },
    arrange: (stage) => ({ backend: backendWith(`${currentOf(stage)}\n`) }),
  },
  'stale-version': {
    title: 'The auth service still runs with the version before',
    story: 'The secret was rotated, the backend restarted, and the auth service forgotten.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'stale-secret-version', participant: 'auth_service' },
    arrange: (stage) => ({ authKeys: [previousOf(stage)] }),
  },
  'split-replicas': {
    title: 'Two replicas behind one address hold different versions',
    story:
      'The secret was rotated while the auth service scaled up: the old replica holds the old version, the new one the new.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'replicas-disagree', participant: 'auth_service' },
    arrange: (stage) => ({ authKeys: [currentOf(stage), previousOf(stage)], samples: 6 }),
  },
  'websocket-only': {
    title: 'Only the WebSocket of the backend rejects tokens',
    story:
      'The WebSocket runs in a container of its own, which generated its own key because it was not given the secret.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'websocket-only-rejection', participant: 'backend_service' },
    arrange: (stage) => ({
      backend: { ...stage.backend, websocket: { by: 'key', key: anotherSecret() } },
    }),
  },
  'wrong-issuer': {
    title: 'The backend expects another issuer',
    story:
      'A slash at the end of the issuer, in one configuration and not in the other. The secret is right.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'claims-rejected', participant: 'backend_service' },
    arrange: (stage) => {
      const checks = { by: 'key', key: currentOf(stage), issuer: `${issuer}/` } as const;
      return { backend: { ...stage.backend, http: checks, websocket: checks } };
    },
  },
  'unknown-secret': {
    title: 'The backend holds an unknown secret',
    story: 'A secret was generated for the backend alone. It is wrong, but its source is unknown.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'fingerprint-mismatch', participant: 'backend_service' },
    arrange: () => ({ backend: backendWith(anotherSecret()) }),
  },
  rotation: {
    title: 'A rotation is under way, as it should be',
    story: 'The backend still signs with the version before, and verifies with the latest as well.',
    verdict: 'consistent',
    exitCode: 0,
    finding: { code: 'rotation-overlap', participant: 'backend_service' },
    arrange: (stage) => {
      const checks = { by: 'key', key: previousOf(stage), alsoKey: currentOf(stage) } as const;
      return { backend: { up: true, shownKey: previousOf(stage), http: checks, websocket: checks } };
    },
  },
  'permissive-verifier': {
    title: 'The backend believes every token',
    story: 'The code calls decode() instead of verify(). All fingerprints agree, and anyone can sign in.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'accepts-forged-token', participant: 'backend_service' },
    arrange: (stage) => ({
      backend: { ...stage.backend, http: { by: 'decoding' }, websocket: { by: 'decoding' } },
    }),
  },
  'fingerprint-not-in-use': {
    title: 'The tests are green, and every user is locked out',
    story:
      'The backend builds its verifier before the environment is loaded, so it verifies with the literal from its source code, while its fingerprint endpoint reads the right secret later. The tests lack the variable, too, and sign with the same literal.',
    verdict: 'inconsistent',
    exitCode: 1,
    finding: { code: 'fingerprint-not-in-use', participant: 'backend_service' },
    arrange: (stage) => ({
      backend: { ...backendWith(fallbackLiteral), shownKey: currentOf(stage) },
      testSecret: null,
    }),
  },
  'published-default': {
    title: 'All participants agree on a secret that anyone can look up',
    story: 'The example value of a tutorial made it into Secret Manager, and from there everywhere.',
    verdict: 'consistent',
    exitCode: 1,
    finding: { code: 'published-default', participant: 'secret_manager' },
    arrange: (stage) => {
      const published = 'your-256-bit-secret';
      return { versions: [...stage.versions, published], ...allHold(published) };
    },
  },
  'wrong-service-credentials': {
    title: 'The auth service does not let the caller ask',
    story:
      'The service secret was rotated, and callers of /auth/validate still send the old one. Nothing is known about tokens there.',
    verdict: 'inconclusive',
    exitCode: 3,
    finding: { code: 'service-credentials-rejected', participant: 'auth_service' },
    arrange: () => ({ sentServiceSecret: anotherSecret() }),
  },
  'unreachable-service': {
    title: 'The backend does not answer',
    story: 'Nothing listens on the port of the backend. What was not seen is neither fine nor wrong.',
    verdict: 'inconclusive',
    exitCode: 3,
    finding: { code: 'participant-unreachable', participant: 'backend_service' },
    arrange: (stage) => ({ backend: { ...stage.backend, up: false } }),
  },
  'no-permission': {
    title: 'Secret Manager does not let the caller read',
    story: 'The account that checks lacks roles/secretmanager.secretAccessor, so there is no reference.',
    verdict: 'inconclusive',
    exitCode: 3,
    finding: { code: 'reference-unavailable', participant: 'secret_manager' },
    arrange: () => ({ denied: ['secretmanager.versions.access', 'secretmanager.versions.list'] }),
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export const scenarioNames = Object.keys(scenarios).filter(isScenario);

export function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name);
}
