import { besides, cause, fine, type Incident, right, secret, tests, untold } from './incident.js';

const unrelated = secret('of nobody');
const base64 = Buffer.from(right).toString('base64');
const previous = secret('previous');
const innerChanged = `${right.slice(0, 20)}${right[20] === 'x' ? 'y' : 'x'}${right.slice(21)}`;

/** What is in a secret suggests a cause, but does not prove one. */
const suggestive: readonly (readonly [what: string, value: string])[] = [
  ['a dollar', `${right.slice(0, 9)}$HOME${right.slice(9)}`],
  ['a hash', `${right.slice(0, 9)}#${right.slice(9)}`],
  ['a percent-encoded letter', `${right.slice(0, 9)}%41${right.slice(9)}`],
  ['a backslash and an n', `${right.slice(0, 9)}\\n${right.slice(9)}`],
  ['quotes', `${right.slice(0, 9)}"quoted"${right.slice(9)}'`],
  ['nothing that is not base64', base64],
  ['hex digits alone', Buffer.from(right).toString('hex')],
  ['a blank', `${right.slice(0, 9)} ${right.slice(9)}`],
];

/** Near misses: no cause may be named. */
export const nearMisses: readonly Incident[] = [
  {
    name: 'an unrelated random secret',
    seenIn: 'near miss of every cause',
    world: besides(unrelated, right, {
      versions: [previous, right],
      elsewhere: { production: secret('production') },
    }),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'one inner character is another one',
    seenIn: 'near miss of which-bytes',
    world: besides(innerChanged),
    expected: cause('fingerprint-mismatch'),
  },
  ...[
    ['everything that could mean something', suggestive.map(([, value]) => value).join('')],
    ['nothing that is not base64', base64],
    ['hex digits alone', Buffer.from(right).toString('hex')],
  ].map(([what = '', value]) => ({
    name: `all hold a secret with ${what}`,
    seenIn: 'near miss of which-bytes',
    world: besides(value ?? '', value),
    expected: fine,
  })),
  ...suggestive.map(([what, value]) => ({
    name: `a secret with ${what}, and somebody holds another one`,
    seenIn: 'near miss of which-bytes',
    world: besides(`${value.slice(0, 14)}Q${value.slice(15)}`, value),
    expected: cause('fingerprint-mismatch'),
  })),
  {
    name: 'an older version that is disabled cannot be told',
    seenIn: 'near miss of stale-secret-version',
    world: besides(previous, right, {
      versions: [previous, right],
      store: (store, id) => store.disable(id, '1'),
    }),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'the rotation is announced, and the new key is refused',
    seenIn: 'near miss of rotation-overlap',
    world: besides({ keys: unrelated, accepts: [right], http: { keys: [unrelated] } }),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'a value with a placeholder within it',
    seenIn: 'near miss of unresolved-placeholder',
    world: tests(
      { kind: 'env', names: ['JWT_SECRET'] },
      { env: { JWT_SECRET: `${unrelated.slice(0, 20)}\${X}${unrelated.slice(20)}` } },
    ),
    expected: cause('fingerprint-mismatch', ['tests']),
  },
  {
    name: 'replicas that agree',
    seenIn: 'near miss of replicas-disagree',
    world: besides({ keys: [right, right, right], samples: 6 }),
    expected: fine,
  },
  {
    name: 'shows the right fingerprint, and verifies with a key that nobody knows',
    seenIn: 'near miss of fingerprint-not-in-use',
    world: besides({ keys: unrelated, shows: right }),
    expected: cause('rejects-valid-token'),
  },
  {
    name: 'no fingerprint, and a key that nobody knows',
    seenIn: 'near miss of stale-secret-version',
    world: besides({ keys: unrelated, hasFingerprint: false }, right, { versions: [previous, right] }),
    expected: cause('rejects-valid-token'),
  },
  ...[401, 403].map((status) => ({
    name: `${status} to everything`,
    seenIn: 'near miss of the refusals',
    world: besides({ keys: right, always: { status, body: { error: 'access_denied' } } }),
    expected: cause('rejects-valid-token'),
  })),
  ...[500, 429, 404].map((status) => ({
    name: `${status} to everything`,
    seenIn: 'near miss of the refusals',
    world: besides({ keys: right, always: { status } }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  })),
  {
    name: 'HTTP and WebSocket refuse alike',
    seenIn: 'near miss of websocket-only-rejection',
    world: besides({ keys: right, http: { trust: 'refuses' }, websocket: { trust: 'refuses' } }),
    expected: cause('rejects-valid-token'),
  },
  {
    name: 'the WebSocket fails with 1011',
    seenIn: 'near miss of websocket-only-rejection',
    world: besides({ keys: right, websocket: { trust: 'refuses', refusesWith: 1011 } }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  },
  {
    name: 'its Date header is off, and its verifier is not',
    seenIn: 'near miss of clock-skew',
    world: besides({ keys: right, clockMs: -600_000, http: { leeway: 3600 } }),
    expected: fine,
  },
  {
    name: 'its Date header is off, and its key is another one',
    seenIn: 'near miss of clock-skew',
    world: besides({ keys: unrelated, shows: right, clockMs: -600_000 }),
    expected: cause('rejects-valid-token'),
  },
  {
    name: 'good tokens meet 503 every other time',
    seenIn: 'near miss of replicas-disagree',
    world: besides({ keys: right, flaps: true }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  },
  {
    name: 'nobody listens',
    seenIn: 'near miss of every cause',
    world: besides({ keys: right, gone: true }),
    expected: untold(['participant-unreachable', ['backend_service']]),
  },
  {
    name: 'slow, but in time',
    seenIn: 'near miss of participant-unreachable',
    world: besides({ keys: right, delayMs: 300 }),
    expected: fine,
  },
  {
    name: 'slower than the timeout',
    seenIn: 'near miss of every cause',
    world: besides({
      keys: unrelated,
      delayMs: 60_000,
      source: { timeout: '1s' },
      probe: { timeout: '1s' },
    }),
    expected: untold(['participant-unreachable', ['backend_service']]),
  },
  {
    name: 'another environment that must differ, and does',
    seenIn: 'near miss of shared-across-environments',
    world: besides(right, right, {
      elsewhere: { production: secret('production') },
      config: { crossCheck: ['production'] },
    }),
    expected: fine,
  },
  {
    name: 'a chain whose other names hold something else again',
    seenIn: 'near miss of sibling-secret',
    world: tests(
      { kind: 'env', names: ['JWT_SECRET', 'AUTH_SECRET'] },
      { env: { JWT_SECRET: unrelated, AUTH_SECRET: secret('something else') } },
    ),
    expected: cause('fingerprint-mismatch', ['tests']),
  },
  {
    name: 'issues tokens with another key than it shows',
    seenIn: 'near miss of rejects-valid-token',
    world: besides({ keys: unrelated, shows: right, mints: true }),
    expected: cause('fingerprint-not-in-use'),
  },
  {
    name: 'NUL bytes beyond the block',
    seenIn: 'near miss of equivalent-secret',
    world: besides(Buffer.concat([Buffer.from(right), Buffer.alloc(8)])),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'only the first letters are capitals',
    seenIn: 'near miss of case-changed',
    world: besides(right.slice(0, 30).toUpperCase() + right.slice(30)),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'quotes that do not belong together',
    seenIn: 'near miss of quotes-kept',
    world: besides(`"${right}'`),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'a newline in the middle',
    seenIn: 'near miss of trailing-newline',
    world: besides(`${right.slice(0, 20)}\n${right.slice(20)}`),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'backwards',
    seenIn: 'near miss of which-bytes',
    world: besides([...right].reverse().join('')),
    expected: cause('fingerprint-mismatch'),
  },
  {
    name: 'late, and with another issuer: no single change helps',
    seenIn: 'near miss of clock-skew',
    world: besides({ keys: right, clockMs: -600_000, http: { issuer: 'https://login.example.org' } }),
    expected: cause('rejects-valid-token'),
  },
  {
    name: 'wants a claim that no token of ours has, and does not say so',
    seenIn: 'near miss of claims-rejected',
    world: besides({ keys: right, http: { claims: { scope: 'probe' } } }),
    expected: cause('rejects-valid-token'),
  },
  {
    name: 'a secret that looks like base64, and a verifier with a key that nobody knows',
    seenIn: 'near miss of key-encoding-mismatch',
    world: besides({ keys: unrelated, shows: base64 }, base64),
    expected: cause('rejects-valid-token'),
  },
  {
    name: 'two that have nothing in common, and no reference',
    seenIn: 'near miss of every cause',
    world: { held: right, services: { backend_service: { keys: unrelated } }, hasReference: false },
    expected: cause('fingerprint-mismatch', []),
  },
];
