import { createHash } from 'node:crypto';
import type { SecretId } from '../../src/demo/secret-resource.js';
import type { SecretStore } from '../../src/demo/secret-store.js';
import type { ExitCode, Verdict } from '../../src/model.js';
import type { Key } from '../support/jwt-verifier.js';
import type { ServiceOptions } from '../support/verifying-service.js';

/** A real service, and how the configuration asks it. */
export interface ServiceOfWorld extends Omit<ServiceOptions, 'keys'> {
  readonly keys: readonly Key[] | Key;
  readonly role?: 'issuer' | 'verifier';
  /** Fresh connections for each question. */
  readonly samples?: number;
  /** `false`: probes alone judge it. */
  readonly hasFingerprint?: boolean;
  /** More for its source. */
  readonly source?: Readonly<Record<string, unknown>>;
  /** More for its HTTP probe; `null`: it has none. */
  readonly probe?: Readonly<Record<string, unknown>> | null;
  /** More for its WebSocket probe; it has one where `websocket` or this is given. */
  readonly websocketProbe?: Readonly<Record<string, unknown>>;
  /** Nothing listens there any more. */
  readonly gone?: boolean;
}

/** Everything that a check meets, as literals. */
export interface World {
  /** What the reference holds, in a variable. */
  readonly held?: string;
  /** Or the versions of its secret in Secret Manager, oldest first. */
  readonly versions?: readonly Key[];
  /** More for the reference's source, such as a pinned version. */
  readonly reference?: Readonly<Record<string, unknown>>;
  /** `false`: nobody is right by definition, the reference is one of many. */
  readonly hasReference?: boolean;
  /** What happened to Secret Manager besides. */
  readonly store?: (store: SecretStore, id: SecretId) => void;
  readonly services?: Readonly<Record<string, ServiceOfWorld>>;
  /** Participants as the configuration has them: env, file, command, another secret. */
  readonly participants?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** By name, in the folder of the configuration. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** What each other environment's reference holds, in a Secret Manager of its own project. */
  readonly elsewhere?: Readonly<Record<string, Key>>;
  /** More at the top of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  /** After a first check, which finds all in order: services that hold another key from then on. */
  readonly later?: Readonly<Record<string, Key>>;
  /** Strings of this world that are no secrets though they stand where one should. */
  readonly spoken?: readonly string[];
}

export interface Incident {
  readonly name: string;
  /** Where it was met. */
  readonly seenIn: string;
  readonly world: World;
  readonly expected: {
    readonly verdict: Verdict;
    readonly exitCode: ExitCode;
    /** All findings there are: code and participants. */
    readonly findings: readonly (readonly [code: string, participants: readonly string[]])[];
    /** Part of the evidence of the first of them. */
    readonly evidence?: Readonly<Record<string, unknown>>;
  };
}

export const secretId = { project: 'example-staging', secret: 'jwt-secret-staging' } as const;

/** A secret like those that `openssl rand -base64 48` prints, but in base64url: always the same for the same name. */
export const secret = (name: string): string => createHash('sha384').update(name).digest('base64url');

/** The right one, where nothing in particular has to be in it. */
export const right = secret('right');

/** The issuer is in order; the backend holds something else, or behaves in its own way. */
export function besides(
  backend: ServiceOfWorld | Key,
  held: string = right,
  more: Omit<World, 'services'> = {},
): World {
  const options: ServiceOfWorld =
    typeof backend === 'string' || Buffer.isBuffer(backend) ? { keys: backend } : backend;
  return {
    held,
    ...more,
    services: { auth_service: { keys: held, role: 'issuer' }, backend_service: options },
  };
}

/** The issuer is in order; the tests hold something else. */
export function tests(source: unknown, more: World = {}): World {
  return {
    held: right,
    services: { auth_service: { keys: right, role: 'issuer' } },
    participants: { tests: { source } },
    ...more,
  };
}

/** One cause, one participant: what is expected most often. */
export function cause(
  code: string,
  participants: readonly string[] = ['backend_service'],
  evidence?: Readonly<Record<string, unknown>>,
): Incident['expected'] {
  const expected = { verdict: 'inconsistent', exitCode: 1, findings: [[code, participants]] } as const;
  return evidence === undefined ? expected : { ...expected, evidence };
}

/** Nothing is wrong, and nothing is said. */
export const fine: Incident['expected'] = { verdict: 'consistent', exitCode: 0, findings: [] };

/** In Secret Manager, with a version before it. */
export const inSecretManager = { versions: [secret('previous'), right] } as const;

/** No promise either way. */
export const untold = (
  ...findings: readonly (readonly [code: string, participants: readonly string[]])[]
): Incident['expected'] => ({ verdict: 'inconclusive', exitCode: 3, findings });
