import { createHmac, randomUUID } from 'node:crypto';
import { json, startServer, type TestServer } from '../support/http-server.js';
import type { Key } from '../support/jwt-verifier.js';
import { fingerprint } from '../support/service.js';
import { audience, issuer, secret } from './any-service.js';

/** How a token is made; by default as the configuration of `any-service.ts` wants it. */
export interface Made {
  readonly key?: Key;
  readonly alg?: string;
  /** Laid over the usual claims; `undefined` takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Milliseconds by which the clock of the issuer is ahead. */
  readonly clockMs?: number;
  /** Seconds that the token lives. */
  readonly life?: number;
}

/** A token, by hand: libraries refuse odd ones. */
export function tokenOf({
  key = secret,
  alg = 'HS256',
  claims,
  header,
  clockMs = 0,
  life = 60,
}: Made = {}): string {
  const iat = Math.floor((Date.now() + clockMs) / 1000);
  const usual = { iss: issuer, aud: audience, sub: 'e2e', jti: randomUUID(), iat, exp: iat + life };
  const input = [
    { alg, typ: 'JWT', ...header },
    { ...usual, ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const hash = `sha${/^HS(\d+)$/.exec(alg)?.[1] ?? '256'}`;
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
}

/** An issuer: `/token` mints, every replica in turn, and `/fingerprint` shows the fingerprint of one key. */
export function startIssuer(
  replicas: readonly (Made | (() => unknown))[],
  shows: Key = secret,
): Promise<TestServer> {
  let turn = 0;
  return startServer((request, response) => {
    if (request.url?.startsWith('/fingerprint'))
      return json({ fingerprint: fingerprint(String(shows)) })(request, response);
    const made = replicas[turn % replicas.length] ?? {};
    turn += 1;
    json({ access_token: typeof made === 'function' ? made() : tokenOf(made) })(request, response);
  });
}

export const mint = ({ origin }: Pick<TestServer, 'origin'>) => ({ url: `${origin}/token` });

export const shown = ({ origin }: Pick<TestServer, 'origin'>) =>
  ({ kind: 'http', url: `${origin}/fingerprint` }) as const;
