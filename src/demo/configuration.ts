import type { Config } from '../config/schema.js';
import { fallbackLiteral } from './stage.js';
import { audience, issuer } from './verifier.js';

/** The base URLs of the demo's servers, without a trailing slash. */
export interface Addresses {
  readonly secretManager: string;
  readonly auth: string;
  readonly backend: string;
}

/** The secret that the demo is about. */
export const secretId = { project: 'example-staging', secret: 'jwt-secret-staging' } as const;

/** Variables that the test framework reads, in this order. */
export const testVariables = ['JWT_SECRET_STAGING', 'JWT_SECRET_KEY', 'JWT_SECRET'] as const;

/** The `.jwtcheckrc.json` of a user for such a system; secrets come from the environment. */
export function demoConfig({ secretManager, auth, backend }: Addresses, samples: number) {
  const fingerprint = { authorization: 'Bearer $' + '{FINGERPRINT_TOKEN}' };
  return {
    defaultEnvironment: 'staging',
    token: {
      issuer,
      audience,
      subject: 'jwtcheck-probe',
      claims: { email: 'jwtcheck@example.com' },
      types: { access: { token_type: 'access' } },
    },
    knownFallbacks: [fallbackLiteral],
    controls: 'all',
    timeout: '10s',
    environments: {
      staging: {
        reference: 'secret_manager',
        participants: {
          secret_manager: {
            source: {
              kind: 'google-secret-manager',
              ...secretId,
              version: 'latest',
              endpoint: secretManager,
            },
          },
          auth_service: {
            role: 'issuer',
            source: {
              kind: 'http',
              url: `${auth}/internal/jwt-fingerprint`,
              headers: fingerprint,
              samples,
            },
            probes: [
              {
                kind: 'http',
                name: 'validate',
                method: 'POST',
                url: `${auth}/auth/validate`,
                headers: { 'x-service-id': 'backend', 'x-service-secret': '$' + '{SERVICE_SECRET}' },
                body: { token: '{{token}}', token_type: 'access' },
                accepted: { json: { '/valid': true } },
                misconfigured: { json: { '/error': 'invalid_service_secret' } },
                samples,
              },
            ],
            mint: {
              url: `${auth}/auth/e2e-token`,
              headers: { authorization: 'Bearer $' + '{MINT_TOKEN}' },
              pointer: '/access_token',
            },
            impact: { mrr: 50_000, note: 'sign-in' },
          },
          backend_service: {
            role: 'verifier',
            source: { kind: 'http', url: `${backend}/internal/jwt-fingerprint`, headers: fingerprint },
            probes: [
              { kind: 'http', name: 'me', url: `${backend}/api/me` },
              {
                kind: 'websocket',
                url: `${backend.replace(/^http/, 'ws')}/ws`,
                via: 'subprotocol',
                subprotocols: ['jwt-auth', 'jwt.{{token.base64url}}'],
                settle: '250ms',
                accepted: { message: { json: { '/type': 'connection_established' } } },
                rejected: { closeCodes: [1008], message: { includes: 'VALIDATION_FAILED' } },
              },
            ],
            impact: { mrr: 20_000, note: 'live updates' },
          },
          test_framework: {
            source: { kind: 'env', names: [...testVariables], fallback: fallbackLiteral },
          },
        },
      },
    },
  } satisfies Config;
}
