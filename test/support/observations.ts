import type { SourceSettings } from '../../src/config/schema.js';
import type { CandidateCode } from '../../src/finding-codes.js';
import type {
  Attempt,
  CandidateFingerprint,
  Observation,
  Observations,
  Reading,
  SecretHolder,
} from '../../src/model.js';
import { readerOf } from '../../src/observe/sources/reader.js';

/** Fingerprints for test scenarios. */
export const R = '200718bd';
export const S = '9f86d081';
export const T = '5f3a9c01';

/** A reading of one fingerprint. */
export function reading(fingerprint: string, more: Partial<Reading> = {}): Reading {
  return {
    fingerprint,
    accepts: [fingerprint],
    version: null,
    provenance: null,
    instances: [{ instance: null, fingerprint, samples: 1 }],
    keyBytes: null,
    ...more,
  };
}

/** A participant with an http source that reports `fingerprint`; `null` for one that was not read. */
export function seen(name: string, fingerprint: string | null, more: Partial<Observation> = {}): Observation {
  const observation: Observation = {
    name,
    role: 'verifier',
    source: 'http',
    target: `https://${name}.example/internal/jwt-fingerprint`,
    required: true,
    impact: null,
    probes: [],
    reading: fingerprint === null ? null : reading(fingerprint),
    error: fingerprint === null ? { code: 'connection', message: `${name} refused the connection` } : null,
    latencyMs: 3,
    ...more,
  };
  const holder = holderOf(observation);
  return holder === undefined ? observation : { holder, ...observation };
}

/** The way to change its secret, as its source declares it. */
function holderOf({ source, target, reading }: Observation): SecretHolder | undefined {
  const settings = settingsOf(source, target ?? '', reading?.provenance);
  return settings === null ? undefined : readerOf(settings).holder?.(settings, { label: String }, reading);
}

function settingsOf(kind: string | null, target: string, key: string | null = null): SourceSettings | null {
  const [, project = '', , location, secret = ''] =
    /^projects\/([^/]+)(\/locations\/([^/]+))?\/secrets\/([^/]+)$/.exec(target) ?? [];
  const place = { project, secret, ...(location === undefined ? {} : { location }) };
  switch (kind) {
    case 'google-secret-manager':
      return { kind, ...place, version: 'latest', history: 5, transport: 'rest' };
    case 'env':
      return { kind, names: target.split(', '), empty: 'unset' };
    case 'file':
      return { kind, path: target, raw: false, ...(key === null ? {} : { key }) };
    case 'command':
      return { kind, run: [target], env: {}, output: 'secret' };
    case 'pinned':
      return { kind, fingerprint: R };
    case 'token':
      return { kind, command: [target], env: {} };
    default:
      return null;
  }
}

/** The usual reference: Secret Manager at version 7. */
export function secretManager(more: Partial<Observation> = {}): Observation {
  return seen('sm', R, {
    role: 'reference',
    source: 'google-secret-manager',
    target: 'projects/netra-staging/secrets/jwt-secret-staging',
    reading: reading(R, { version: '7', keyBytes: 48 }),
    ...more,
  });
}

/** A participant's probe for the matrix: `http('api')`. */
export const httpProbe = { name: 'http', kind: 'http', target: 'https://api.example/me' };
export const websocketProbe = { name: 'websocket', kind: 'websocket', target: 'wss://api.example/ws' };

/** One attempt; by default a valid token of Secret Manager that was accepted over HTTP. */
export function tried(participant: string, more: Partial<Attempt> = {}): Attempt {
  const token = more.token ?? 'genuine';
  const genuine = token === 'genuine';
  return {
    participant,
    probe: 'http',
    minter: genuine ? 'sm' : null,
    token,
    tokenType: 'access',
    expected: genuine ? 'accepted' : 'rejected',
    result: genuine ? 'accepted' : 'rejected',
    status: genuine ? 200 : 401,
    closeCode: null,
    detail: genuine ? '200 OK' : '401 Unauthorized',
    latencyMs: 2,
    reason: null,
    ...more,
  };
}

/** All observations of a check. */
export function observed(participants: Observation[], more: Partial<Observations> = {}): Observations {
  return {
    environment: 'staging',
    startedAt: new Date('2026-01-31T12:00:00.000Z'),
    durationMs: 412,
    reference: participants.some((p) => p.name === 'sm') ? 'sm' : null,
    algorithm: 'HS256',
    currency: 'USD',
    participants,
    attempts: [],
    candidates: [],
    followUps: [],
    crossChecks: [],
    ...more,
  };
}

/** A candidate for a wrong secret; by default not known from any participant. */
export function form(
  code: CandidateCode,
  fingerprint: string,
  more: Partial<CandidateFingerprint> = {},
): CandidateFingerprint {
  return { code, of: null, undone: false, text: 'somewhere', fingerprint, facts: {}, ...more };
}
