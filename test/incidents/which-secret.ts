import { besides, cause, type Incident, right, secret, tests } from './incident.js';

const oldest = secret('oldest');
const previous = secret('previous');
const history = { versions: [oldest, previous, right] };
const production = secret('production');
const fallback = 'staging-jwt-secret-key';

/** Another secret than meant. */
/** As `openssl rand -hex 32` prints one: its beginning looks like a fingerprint. */
const hexSecret = Buffer.from(secret('hex'), 'base64url').subarray(0, 32).toString('hex');

export const whichSecret: readonly Incident[] = [
  {
    name: 'a service that was started before the rotation',
    seenIn: 'firebase-functions#1532',
    world: besides(previous, right, history),
    expected: cause('stale-secret-version', ['backend_service'], { version: '2', current: '3' }),
  },
  {
    name: 'two rotations behind, and with a newline from another time',
    seenIn: 'pm2#258',
    world: besides(`${oldest}\n`, right, history),
    expected: cause('stale-secret-version', ['backend_service'], { version: '1' }),
  },
  {
    name: 'two services behind by a different count',
    seenIn: 'pm2#258',
    world: {
      ...history,
      services: {
        auth_service: { keys: right, role: 'issuer' },
        backend_service: { keys: previous },
        worker: { keys: oldest },
      },
    },
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: [
        ['stale-secret-version', ['backend_service']],
        ['stale-secret-version', ['worker']],
      ],
    },
  },
  {
    name: 'the tests read a pinned version of the same secret',
    seenIn: 'Cloud Run',
    world: tests(
      {
        kind: 'google-secret-manager',
        project: 'example-staging',
        secret: 'jwt-secret-staging',
        version: '2',
      },
      history,
    ),
    expected: cause('stale-secret-version', ['tests'], { version: '2' }),
  },
  {
    name: 'the account may access versions but not list them',
    seenIn: 'roles/secretmanager.secretAccessor',
    world: besides(previous, right, {
      ...history,
      store: (store) => store.deny('secretmanager.versions.list'),
    }),
    expected: cause('stale-secret-version'),
  },
  {
    name: 'the reference is pinned, and a service follows latest',
    seenIn: 'a pinned reference',
    world: {
      versions: [oldest, previous, right],
      reference: { version: '2' },
      services: { auth_service: { keys: previous, role: 'issuer' }, backend_service: { keys: right } },
    },
    expected: cause('ahead-of-reference', ['backend_service'], { version: '3' }),
  },
  {
    name: 'latest is split inside one revision',
    seenIn: 'anyplot PR 11208',
    world: besides({ keys: [right, previous], samples: 6 }, right, history),
    expected: cause('replicas-disagree'),
  },
  {
    name: 'verdicts flip between fresh connections, without any fingerprint',
    seenIn: 'PostgREST#317',
    world: besides({ keys: [right, previous], samples: 6, hasFingerprint: false }, right, history),
    expected: cause('replicas-disagree'),
  },
  {
    name: 'every process makes its own key',
    seenIn: 'flask-login#392',
    world: besides({ keys: [secret('process 1'), secret('process 2'), secret('process 3')], samples: 6 }),
    expected: cause('replicas-disagree'),
  },
  {
    name: 'a key of its own, made at start',
    seenIn: 'wg-manager#23',
    world: besides(secret('made at start')),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'the container of the WebSocket made its own key',
    seenIn: 'dify#39422',
    world: besides({ keys: right, websocket: { keys: [secret('made at start')] } }),
    expected: cause('websocket-only-rejection'),
  },
  {
    name: 'another name of the chain of the tests is what the service reads',
    seenIn: 'tdm-calculator#3430',
    world: {
      ...besides(secret('of the sessions')),
      participants: { tests: { source: { kind: 'env', names: ['JWT_SECRET', 'SESSION_SECRET'] } } },
      env: { JWT_SECRET: right, SESSION_SECRET: secret('of the sessions') },
    },
    expected: cause('sibling-secret'),
  },
  {
    name: 'an older name of the chain is still set and wins',
    seenIn: 'next-auth#5170',
    world: tests(
      { kind: 'env', names: ['JWT_SECRET', 'AUTH_SECRET'] },
      { env: { JWT_SECRET: secret('long ago'), AUTH_SECRET: right } },
    ),
    expected: cause('sibling-secret', ['tests']),
  },
  {
    name: 'staging holds the secret of production',
    seenIn: 'eAPD#3407',
    world: besides(production, right, { elsewhere: { production } }),
    expected: cause('wrong-environment', ['backend_service'], { environment: 'production' }),
  },
  {
    name: 'the tests were given the secret of production',
    seenIn: 'eAPD#3407',
    world: tests(
      { kind: 'env', names: ['JWT_SECRET'] },
      { env: { JWT_SECRET: production }, elsewhere: { production } },
    ),
    expected: cause('wrong-environment', ['tests']),
  },
  {
    name: 'the variable is not set in the test job',
    seenIn: 'a seed of this project',
    world: tests({ kind: 'env', names: ['JWT_SECRET'], fallback }),
    expected: cause('hardcoded-fallback', ['tests']),
  },
  {
    name: 'a service uses a fallback that is known',
    seenIn: 'a seed of this project',
    world: besides('fallback_secret', right, { config: { knownFallbacks: [fallback, 'fallback_secret'] } }),
    expected: cause('hardcoded-fallback', ['backend_service'], { fallback: 'knownFallbacks[1]' }),
  },
  {
    name: 'the default of a tutorial',
    seenIn: 'data/published-secrets.json',
    world: besides('your-256-bit-secret'),
    expected: cause('published-default'),
  },
  {
    name: 'a word of a public list',
    seenIn: 'wallarm/jwt-secrets',
    world: besides('mySuperSecretKey'),
    expected: cause('published-default'),
  },
  {
    name: 'all agree on the default of a tutorial',
    seenIn: 'data/published-secrets.json',
    world: besides('a-string-secret-at-least-256-bits-long', 'a-string-secret-at-least-256-bits-long'),
    expected: {
      verdict: 'consistent',
      exitCode: 1,
      findings: [['published-default', ['store', 'auth_service', 'backend_service']]],
    },
  },
  {
    name: 'takes the new key as well, and neither says so nor signs with it',
    seenIn: 'hono#2688',
    world: besides({ keys: previous, http: { keys: [previous, right] } }, right, history),
    expected: cause('stale-secret-version'),
  },
  {
    name: 'behind, refuses everything over the WebSocket, and is an hour late: one cause',
    seenIn: 'pm2#258',
    world: besides({ keys: previous, clockMs: -3_600_000, websocket: { trust: 'refuses' } }, right, history),
    expected: cause('stale-secret-version'),
  },
  {
    name: 'a fingerprint is written down that was cut from the secret itself',
    seenIn: 'a seed of this project',
    world: {
      held: hexSecret,
      services: { auth_service: { keys: hexSecret, role: 'issuer' } },
      participants: { runbook: { source: { kind: 'pinned', fingerprint: hexSecret.slice(0, 12) } } },
    },
    expected: { verdict: 'inconclusive', exitCode: 1, findings: [['secret-exposed', ['runbook']]] },
  },
];
