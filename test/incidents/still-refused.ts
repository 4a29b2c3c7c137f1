import { audience, issuer } from '../support/verifying-service.js';
import { besides, cause, type Incident, right, secret, untold } from './incident.js';

const previous = secret('previous');
const random = Buffer.from(right, 'base64url');
const standard = random.toString('base64');
const hex = random.toString('hex');
const fallback = 'staging-jwt-secret-key';

/** The same secret, and a valid token is refused all the same. */
export const stillRefused: readonly Incident[] = [
  ...['HS384', 'HS512'].map((algorithm) => ({
    name: `verifies with ${algorithm} alone`,
    seenIn: 'jjwt#707',
    world: besides({ keys: right, http: { algorithms: [algorithm] } }),
    expected: cause('algorithm-mismatch', ['backend_service'], { accepts: algorithm }),
  })),
  {
    name: 'shows the text, and verifies with what it decodes from base64',
    seenIn: 'jjwt#315',
    world: besides({ keys: standard, http: { keys: [random] } }, standard),
    expected: cause('key-encoding-mismatch', ['backend_service'], { encoding: 'base64' }),
  },
  {
    name: 'shows the text, and verifies with the bytes of its hex',
    seenIn: 'jjwt#315',
    world: besides({ keys: hex, http: { keys: [random] } }, hex),
    expected: cause('key-encoding-mismatch', ['backend_service'], { encoding: 'hex' }),
  },
  {
    name: 'wants a slash at the end of the issuer',
    seenIn: 'nodejs-jwt-authentication-sample#32',
    world: besides({ keys: right, http: { issuer: `${issuer}/` } }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'iss' }),
  },
  {
    name: 'wants another issuer, and says so',
    seenIn: 'nodejs-jwt-authentication-sample#32',
    world: besides({ keys: right, http: { issuer: 'https://login.example.org' }, explains: true }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'iss' }),
  },
  {
    name: 'wants another audience, and says so',
    seenIn: 'Avernet PR 785',
    world: besides({ keys: right, http: { audience: 'another-platform' }, explains: true }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'aud' }),
  },
  {
    name: 'wants no subject such as ours',
    seenIn: 'pyjwt#1017',
    world: besides({ keys: right, http: { unwanted: ['sub'] } }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'sub' }),
  },
  {
    name: 'stumbles over a custom claim',
    seenIn: 'pyjwt#1017',
    world: besides({ keys: right, http: { unwanted: ['email'] } }, right, {
      config: { token: { issuer, audience, claims: { email: 'probe@example.com' } } },
    }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'email' }),
  },
  {
    name: 'ten minutes behind, as its Date header tells',
    seenIn: 'hasura#2109',
    world: besides({ keys: right, clockMs: -600_000 }),
    expected: cause('clock-skew', ['backend_service'], { side: 'behind', wrong: 'backend_service' }),
  },
  {
    name: 'an hour ahead, as its Date header tells',
    seenIn: 'PostgREST#1139',
    world: besides({ keys: right, clockMs: 3_600_000 }),
    expected: cause('clock-skew', ['backend_service'], { side: 'ahead of' }),
  },
  {
    name: 'a minute and a half behind, and nothing tells its time',
    seenIn: 'PostgREST#1139',
    world: besides({ keys: right, clockMs: -90_000, tellsTime: false }),
    expected: cause('clock-skew', ['backend_service'], { side: 'behind' }),
  },
  {
    name: 'the caller has no service secret, as the configuration knows to tell',
    seenIn: 'a seed of this project',
    world: besides({
      keys: right,
      serviceSecret: secret('of the caller'),
      probe: { misconfigured: { json: { '/error': 'invalid_service_secret' } } },
    }),
    expected: {
      verdict: 'inconclusive',
      exitCode: 3,
      findings: [['service-credentials-rejected', ['backend_service']]],
    },
  },
  {
    name: 'the caller has no service secret, and only the answer says so',
    seenIn: 'jupyterhub#1470',
    world: besides({ keys: right, serviceSecret: secret('of the caller') }),
    expected: untold(['service-credentials-rejected', ['backend_service']]),
  },
  {
    name: 'a proxy drops the header, and the service says that there is no token',
    seenIn: 'home-assistant#16306',
    world: besides({ keys: right, always: { status: 401, body: { error: 'No token provided' } } }),
    expected: cause('token-not-received', ['backend_service']),
  },
  {
    name: 'chooses its key by an id that tokens of the probe do not have',
    seenIn: 'RFC 7515 §4.1.4',
    world: besides({ keys: right, always: { status: 401, body: { error: 'unknown kid' } } }),
    expected: cause('token-header-rejected', ['backend_service'], { field: 'kid' }),
  },
  {
    name: 'a newline in use, another audience wanted, and no fingerprint: both are found',
    seenIn: 'caddy-jwt#26, pyjwt#1017',
    world: besides({
      keys: `${right}\n`,
      hasFingerprint: false,
      explains: true,
      http: { audience: 'another-platform' },
    }),
    expected: cause('trailing-newline', ['backend_service'], { alsoRejects: 'aud' }),
  },
  {
    name: 'a proxy drops the header of the WebSocket',
    seenIn: 'home-assistant#16306',
    world: besides({ keys: right, websocket: { dropsToken: true } }),
    expected: cause('websocket-only-rejection'),
  },
  {
    name: 'the WebSocket reads another secret',
    seenIn: 'superset#37753',
    world: besides({
      keys: right,
      websocket: { keys: [secret('of the WebSocket')], refusesWith: 4003 },
      websocketProbe: { via: 'subprotocol' },
    }),
    expected: cause('websocket-only-rejection'),
  },
  {
    name: 'the verifier was set up before the environment was loaded',
    seenIn: 'nestjs/passport#479',
    world: besides({ keys: fallback, shows: right }, right, { config: { knownFallbacks: [fallback] } }),
    expected: cause('fingerprint-not-in-use', ['backend_service'], { cause: 'hardcoded-fallback' }),
  },
  {
    name: 'the fingerprint is read anew, and the key is not',
    seenIn: 'nestjs/passport#479',
    world: besides({ keys: previous, shows: right }, right, { versions: [previous, right] }),
    expected: cause('fingerprint-not-in-use', ['backend_service'], { cause: 'stale-secret-version' }),
  },
  {
    name: 'the tests sign with the key that is in use',
    seenIn: 'nestjs/passport#479',
    world: {
      ...besides({ keys: secret('of nobody'), shows: right }),
      participants: { tests: { source: { kind: 'env', names: ['JWT_SECRET'] } } },
      env: { JWT_SECRET: secret('of nobody') },
    },
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: [
        ['fingerprint-mismatch', ['tests']],
        ['fingerprint-not-in-use', ['backend_service']],
      ],
    },
  },
  {
    name: 'no fingerprint, and an older version in use: probes alone find it',
    seenIn: 'firebase-functions#1532',
    world: besides({ keys: previous, hasFingerprint: false }, right, { versions: [previous, right] }),
    expected: cause('stale-secret-version', ['backend_service']),
  },
  {
    name: 'no fingerprint, and a newline in use: probes alone find it',
    seenIn: 'caddy-jwt#26',
    world: besides({ keys: `${right}\n`, hasFingerprint: false }),
    expected: cause('trailing-newline', ['backend_service']),
  },
  {
    name: 'no fingerprint, and a fallback in use: probes alone find it',
    seenIn: 'a seed of this project',
    world: besides({ keys: fallback, hasFingerprint: false }, right, {
      config: { knownFallbacks: [fallback] },
    }),
    expected: cause('hardcoded-fallback', ['backend_service']),
  },
  {
    name: 'no fingerprint, and the secret of production in use: no token is ever signed with that to find out',
    seenIn: 'eAPD#3407',
    world: besides({ keys: secret('production'), hasFingerprint: false }, right, {
      elsewhere: { production: secret('production') },
    }),
    expected: cause('rejects-valid-token', ['backend_service']),
  },
  {
    name: 'knows access tokens only, and is asked with refresh tokens too',
    seenIn: 'a seed of this project',
    world: besides(
      {
        keys: right,
        http: { claims: { token_type: 'access' } },
        probe: { tokenTypes: ['access', 'refresh'] },
      },
      right,
      {
        config: {
          token: {
            issuer,
            audience,
            types: { access: { token_type: 'access' }, refresh: { token_type: 'refresh' } },
          },
        },
      },
    ),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'token_type' }),
  },
  {
    name: 'wants a claim that no token of ours has, and says so',
    seenIn: 'pyjwt#1017',
    world: besides({ keys: right, http: { claims: { scope: 'probe' } }, explains: true }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'scope' }),
  },
  {
    name: 'knows who it is and lets nobody in',
    seenIn: 'Avernet PR 785',
    world: besides({ keys: right, forbids: true }),
    expected: cause('claims-rejected', ['backend_service'], { claim: null }),
  },
  {
    name: 'a slash in the issuer, and a Date header that is off but does not matter',
    seenIn: 'nodejs-jwt-authentication-sample#32',
    world: besides({ keys: right, clockMs: -600_000, http: { leeway: 3600, issuer: `${issuer}/` } }),
    expected: cause('claims-rejected', ['backend_service'], { claim: 'iss' }),
  },
];
