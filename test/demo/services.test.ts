import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Listening, listen } from '../../src/demo/json-server.js';
import { loadBalancer } from '../../src/demo/load-balancer.js';
import { authService, startBackendService } from '../../src/demo/services.js';
import { audience, decodingVerifier, issuer, strictVerifier } from '../../src/demo/verifier.js';
import { fingerprintOf } from '../../src/secret/fingerprint.js';
import { Secret } from '../../src/secret/secret.js';

const key = randomBytes(32).toString('base64url');
const now = () => new Date();
const credentials = {
  serviceId: 'backend',
  serviceSecret: 'service-secret',
  fingerprintToken: 'fingerprint-token',
  mintToken: 'mint-token',
};

const token = (
  change: { alg?: string; iss?: string; aud?: string; exp?: string; key?: string; type?: string } = {},
) =>
  new SignJWT({ token_type: change.type ?? 'access' })
    .setProtectedHeader({ alg: change.alg ?? 'HS256' })
    .setIssuer(change.iss ?? issuer)
    .setAudience(change.aud ?? audience)
    .setSubject('somebody')
    .setIssuedAt()
    .setExpirationTime(change.exp ?? '1m')
    .sign(new TextEncoder().encode(change.key ?? key));

const bad = {
  'another key': () => token({ key: 'x'.repeat(32) }),
  'another algorithm': () => token({ alg: 'HS512', key }),
  'another issuer': () => token({ iss: 'somebody-else' }),
  'another audience': () => token({ aud: 'other' }),
  'an expired token': () => token({ exp: '-1h' }),
  'no signature': async () =>
    new UnsecuredJWT({})
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('x')
      .setExpirationTime('1m')
      .encode(),
  'no expiry': () =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('x')
      .sign(new TextEncoder().encode(key)),
  'no token at all': async () => '',
  'anything else': async () => 'hello',
};

describe('the strict verifier', () => {
  it('takes a good token', async () => {
    expect(await strictVerifier(key)(await token())).toMatchObject({ sub: 'somebody' });
  });

  it.each(Object.entries(bad))('refuses %s', async (_what, make) => {
    expect(await strictVerifier(key)(await make())).toBeNull();
  });
});

it('the decoding verifier accepts any signature', async () => {
  expect(await decodingVerifier()(await bad['another key']())).not.toBeNull();
  expect(await decodingVerifier()('hello')).toBeNull();
});

describe('the auth service', () => {
  let auth: Listening;
  beforeEach(async () => {
    auth = await listen(authService({ key, instance: 'auth-1', credentials, now }));
  });
  afterEach(() => auth.close());

  const validate = async (body: unknown, secret = credentials.serviceSecret) => {
    const response = await fetch(`${auth.url}/auth/validate`, {
      method: 'POST',
      headers: { 'x-service-id': 'backend', 'x-service-secret': secret },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  it('answers 200 for good and for bad tokens', async () => {
    const good = { token: await token(), token_type: 'access' };
    expect(await validate(good)).toEqual({ status: 200, body: { valid: true, subject: 'somebody' } });
    for (const body of [
      { ...good, token_type: 'refresh' },
      { ...good, token: 'x' },
      {},
      [],
      'no JSON',
      'null',
    ]) {
      expect(await validate(body)).toEqual({ status: 200, body: { valid: false, error: 'invalid_token' } });
    }
  });

  it('lets no caller ask that does not know its secret', async () => {
    const answer = await validate({ token: await token(), token_type: 'access' }, 'old');
    expect(answer).toEqual({ status: 403, body: { error: 'invalid_service_secret' } });
  });

  it('shows the fingerprint of its key to who may see it', async () => {
    const url = `${auth.url}/internal/jwt-fingerprint`;
    expect((await fetch(url)).status).toBe(401);
    const response = await fetch(url, { headers: { authorization: 'Bearer fingerprint-token' } });
    const fingerprint = fingerprintOf(new Secret(key), 8);
    expect(await response.json()).toMatchObject({ fingerprint, accepts: [fingerprint], instance: 'auth-1' });
  });

  it('gives a token that it takes itself to who may have one', async () => {
    const url = `${auth.url}/auth/e2e-token`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    const response = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer mint-token' } });
    const body: unknown = await response.json();
    expect(body).toMatchObject({ access_token: expect.any(String) });
    const minted = Object.entries(body ?? {}).find(([name]) => name === 'access_token')?.[1];
    expect((await validate({ token: minted, token_type: 'access' })).body).toMatchObject({ valid: true });
  });

  it('knows no other path, and survives a body without end', async () => {
    expect((await fetch(`${auth.url}/constructor`)).status).toBe(404);
    expect((await validate('x'.repeat(100_000))).status).toBe(413);
  });
});

it('the load balancer keeps a connection with its replica and gives new ones to the next', async () => {
  const replicas = ['a', 'b'].map((instance) => authService({ key, instance, credentials, now }));
  const { url, close } = await listen(loadBalancer(() => replicas));
  const instances: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const response = await fetch(`${url}/internal/jwt-fingerprint`, {
      headers: { authorization: 'Bearer fingerprint-token', connection: 'close' },
    });
    instances.push(/"instance":"(\w)"/.exec(await response.text())?.[1] ?? '');
  }
  await close();
  expect(instances).toEqual(['a', 'b', 'a', 'b']);
});

describe('the backend', () => {
  let backend: Listening;
  beforeEach(async () => {
    const verifier = strictVerifier(key);
    backend = await startBackendService({
      shownKey: key,
      http: verifier,
      websocket: verifier,
      fingerprintToken: 'fingerprint-token',
      now,
    });
  });
  afterEach(() => backend.close());

  it('takes a bearer token', async () => {
    const me = (authorization: string) => fetch(`${backend.url}/api/me`, { headers: { authorization } });
    expect((await me(`Bearer ${await token()}`)).status).toBe(200);
    const refused = await me('Bearer x');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('invalid_token');
  });

  /** What a client sees of a WebSocket with this token, until it closes or has a message. */
  const socket = async (protocols: string[], path = '/ws') => {
    const client = new WebSocket(`${backend.url.replace('http', 'ws')}${path}`, protocols);
    const seen: { protocol?: string; message?: unknown; code?: number; error?: string } = {};
    await new Promise<void>((resolve) => {
      client.on('open', () => {
        seen.protocol = client.protocol;
      });
      client.on('message', (data) => {
        seen.message = JSON.parse(String(data));
        if (String(data).includes('established')) resolve();
      });
      client.on('error', (error) => {
        seen.error = error.message;
      });
      client.on('close', (code) => {
        seen.code = code;
        resolve();
      });
    });
    client.terminate();
    return seen;
  };

  const encoded = async (text: Promise<string>) => `jwt.${Buffer.from(await text).toString('base64url')}`;

  it('greets a WebSocket with a good token', async () => {
    expect(await socket(['jwt-auth', await encoded(token())])).toEqual({
      protocol: 'jwt-auth',
      message: { type: 'connection_established', subject: 'somebody' },
    });
  });

  it('takes a WebSocket with a bad token first, and closes it then', async () => {
    for (const protocols of [['jwt-auth', await encoded(bad['another key']())], ['jwt-auth']]) {
      expect(await socket(protocols)).toEqual({
        protocol: 'jwt-auth',
        message: { type: 'error', code: 'VALIDATION_FAILED' },
        code: 1008,
      });
    }
  });

  it('has no WebSocket elsewhere', async () => {
    expect(await socket(['jwt-auth'], '/other')).toMatchObject({ error: expect.stringContaining('404') });
  });
});
