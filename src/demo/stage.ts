import { randomBytes } from 'node:crypto';
import type { Permission } from './secret-resource.js';
import type { ServiceCredentials } from './services.js';

/** The token check of the backend: with a key, or none. */
export type Checks =
  | {
      readonly by: 'key';
      readonly key: string;
      /** A second key that it takes as well, as in the middle of a rotation. */
      readonly alsoKey?: string;
      /** The issuer that it expects, if it is not the default. */
      readonly issuer?: string;
    }
  | { readonly by: 'decoding' };

/** Everything that a scenario may change before the start. */
export interface Stage {
  /** Contents of the secret's versions, oldest first. */
  readonly versions: readonly string[];
  /** Permissions that are removed from the caller of the check. */
  readonly denied: readonly Permission[];
  /** The key of each replica of the auth service; several of them share one address. */
  readonly authKeys: readonly string[];
  readonly backend: {
    readonly up: boolean;
    /** The key of its reported fingerprint. */
    readonly shownKey: string;
    readonly http: Checks;
    readonly websocket: Checks;
  };
  /** The value of `JWT_SECRET_STAGING` for the test framework; `null` leaves it unset. */
  readonly testSecret: string | null;
  readonly credentials: ServiceCredentials;
  /** The service secret that the configuration sends. */
  readonly sentServiceSecret: string;
  /** The number of requests of each replica-sensitive probe. */
  readonly samples: number;
}

/** A literal that the made-up code hard-codes for the case that its variable is missing. */
export const fallbackLiteral = 'staging-jwt-secret-key';

const random = (): string => randomBytes(32).toString('base64url');

/** A healthy system: three versions of a random secret, of which every participant holds the latest. */
export function soundStage(): Stage {
  const versions = [random(), random(), random()];
  const serviceSecret = random();
  return {
    ...allHold(versions.at(-1) ?? random()),
    versions,
    denied: [],
    credentials: {
      serviceId: 'backend',
      serviceSecret,
      fingerprintToken: random(),
      mintToken: random(),
    },
    sentServiceSecret: serviceSecret,
    samples: 1,
  };
}

/** One key for every service and the test framework. */
export function allHold(key: string): Pick<Stage, 'authKeys' | 'backend' | 'testSecret'> {
  return { authKeys: [key], backend: backendWith(key), testSecret: key };
}

/** A backend that shows and uses this key everywhere. */
export function backendWith(key: string): Stage['backend'] {
  return { up: true, shownKey: key, http: { by: 'key', key }, websocket: { by: 'key', key } };
}

/** The version that `latest` resolves to. */
export const currentOf = (stage: Stage): string => stage.versions.at(-1) ?? '';

/** The version before that. */
export const previousOf = (stage: Stage): string => stage.versions.at(-2) ?? '';

/** A value that no other participant holds. */
export const anotherSecret = random;
