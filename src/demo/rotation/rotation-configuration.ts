import type { Config } from '../../config/schema.js';
import { secretId } from '../configuration.js';
import { audience, issuer } from '../verifier.js';

/** How fast a rotation is shown. Durations are as in a configuration. */
export interface RotationPace {
  /** Interval at which services read their keys again. */
  readonly refresh: string;
  readonly settle: string;
  /** Seconds. */
  readonly tokenLife: number;
  /** Milliseconds that a replica takes to start. */
  readonly startMs: number;
  /** Milliseconds between two checks of a gate. */
  readonly intervalMs: number;
  /** Requests of each probe and source in a check, so that both replicas are met. */
  readonly samples: number;
  /** Tokens presented in a second. */
  readonly perSecond: number;
}

export interface RotationAddresses {
  readonly secretManager: string;
  /** URLs of the services by their names. */
  readonly services: Readonly<Record<string, string>>;
}

/**
 * The `.jwtcheckrc.json` of a team with these services.
 * @param rollouts the program that restarts a service, by its name; none for services that follow aliases
 */
export function rotationConfig(
  { secretManager, services }: RotationAddresses,
  issuers: readonly string[],
  pace: RotationPace,
  rollouts: Readonly<Record<string, readonly string[]>>,
) {
  const { samples } = pace;
  const participant = (name: string, url: string) => {
    const run = rollouts[name];
    return {
      role: issuers.includes(name) ? ('issuer' as const) : ('verifier' as const),
      source: {
        kind: 'http' as const,
        url: `${url}/internal/jwt-fingerprint`,
        headers: { authorization: 'Bearer $' + '{FINGERPRINT_TOKEN}' },
        samples,
      },
      probes: [
        { kind: 'http' as const, name: 'me', url: `${url}/api/me`, samples },
        {
          kind: 'websocket' as const,
          name: 'socket',
          url: `${url.replace(/^http/, 'ws')}/ws`,
          via: 'subprotocol' as const,
          subprotocols: ['jwt-auth', 'jwt.{{token.base64url}}'],
          settle: '1s',
          samples,
          accepted: { message: { json: { '/type': 'connection_established' } } },
          rejected: { closeCodes: [1008], message: { includes: 'VALIDATION_FAILED' } },
        },
      ],
      ...(issuers.includes(name)
        ? {
            mint: {
              url: `${url}/auth/e2e-token`,
              headers: { authorization: 'Bearer $' + '{MINT_TOKEN}' },
              pointer: '/access_token',
              samples,
            },
          }
        : {}),
      ...(run === undefined ? {} : { rollout: { run: [...run], timeout: '1m' } }),
    };
  };
  return {
    defaultEnvironment: 'staging',
    token: { issuer, audience, subject: 'jwtcheck-probe', types: { access: { token_type: 'access' } } },
    rotation: {
      drain: { access: `${pace.tokenLife}s` },
      skew: '0s',
      settle: pace.settle,
      patience: '2m',
    },
    environments: {
      staging: {
        reference: 'secret_manager',
        participants: {
          secret_manager: {
            source: {
              kind: 'google-secret-manager' as const,
              ...secretId,
              version: 'current',
              endpoint: secretManager,
            },
          },
          ...Object.fromEntries(
            Object.entries(services).map(([name, url]) => [name, participant(name, url)]),
          ),
        },
      },
    },
  } satisfies Config;
}
