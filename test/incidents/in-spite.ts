import { createHash } from 'node:crypto';
import { besides, fine, type Incident, right, secret, tests, untold } from './incident.js';

const previous = secret('previous');
const long = secret('one') + secret('two');
const both = (...codes: string[]) => codes.map((code) => [code, ['backend_service']] as const);

/** What fools a validator: each trap, and what must be said of it. */
export const traps: readonly Incident[] = [
  {
    name: 'the verifier only decodes',
    seenIn: 'SignalK PR 1401',
    world: besides({ keys: right, http: { trust: 'decodes' } }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('accepts-forged-token') },
  },
  {
    name: 'the verifier only decodes, asked with all controls',
    seenIn: 'NexaSphere#1866',
    world: besides({ keys: right, http: { trust: 'decodes' } }, right, { args: ['--controls', 'all'] }),
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: both(
        'accepts-forged-token',
        'accepts-unsigned-token',
        'accepts-tampered-token',
        'accepts-expired-token',
      ),
    },
  },
  {
    name: 'only the WebSocket decodes',
    seenIn: 'SignalK PR 1401',
    world: besides({ keys: right, websocket: { trust: 'decodes' } }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('accepts-forged-token') },
  },
  {
    name: 'the endpoint ignores the token',
    seenIn: 'SignalK#1396',
    world: besides({ keys: right, http: { trust: 'ignores' } }),
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: both('accepts-forged-token', 'accepts-missing-token'),
    },
  },
  {
    name: 'what is expired is taken',
    seenIn: 'CONTRACT §7',
    world: besides({ keys: right, http: { leeway: 1e9 } }, right, { args: ['--controls', 'all'] }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('accepts-expired-token') },
  },
  {
    name: 'the old key is still accepted after a rotation',
    seenIn: 'centrifugo#1209',
    world: besides({ keys: right, accepts: [previous] }, right, {
      versions: [previous, right],
      args: ['--controls', 'retired'],
    }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('accepts-retired-key') },
  },
  {
    name: 'the old version was disabled before it was shown that its key is rejected',
    seenIn: 'CONTRACT §7',
    world: besides(right, right, {
      versions: [previous, right],
      store: (store, id) => store.disable(id, '1'),
      args: ['--controls', 'retired'],
    }),
    expected: {
      verdict: 'inconclusive',
      exitCode: 3,
      findings: [['retired-key-unavailable', ['store']]],
    },
  },
  {
    name: '200 with an error in the body, and nobody told the probe: the bodies tell the tokens apart',
    seenIn: 'ONLYOFFICE/DocumentServer#283',
    world: besides({ keys: right, answers: 'body' }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  },
  {
    name: '200 with an error in the body, and the probe knows',
    seenIn: 'ONLYOFFICE/DocumentServer#283',
    world: besides({ keys: right, answers: 'body', probe: { accepted: { json: { '/valid': true } } } }),
    expected: fine,
  },
  {
    name: '200 with an error in the body, and another key',
    seenIn: 'a seed of this project',
    world: besides({
      keys: secret('of nobody'),
      hasFingerprint: false,
      answers: 'body',
      probe: { accepted: { json: { '/valid': true } } },
    }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('rejects-valid-token') },
  },
  {
    name: 'a single-page application answers 200 to everything',
    seenIn: 'flightdeck#75',
    world: besides({ keys: right, answers: 'page' }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  },
  {
    name: '500 for a bad signature counts as refused once the valid token passed',
    seenIn: 'sublinks-api#274',
    world: besides({ keys: right, answers: 'error' }),
    expected: { verdict: 'consistent', exitCode: 0, findings: both('probe-inconclusive') },
  },
  {
    name: '500 for the valid token is no answer',
    seenIn: 'sublinks-api#274',
    world: besides({ keys: secret('of nobody'), hasFingerprint: false, answers: 'error' }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  },
  {
    name: 'results are cached, and the key changed since',
    seenIn: 'IdentityModel OAuth2Introspection#45',
    world: besides({ keys: right, caches: true, shows: right }, right, {
      later: { backend_service: secret('of nobody') },
    }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('rejects-valid-token') },
  },
  {
    name: 'the same HMAC key with NUL bytes after it',
    seenIn: 'duo_universal_csharp PR 23',
    world: besides(Buffer.concat([Buffer.from(right.slice(0, 40)), Buffer.alloc(24)]), right.slice(0, 40), {
      versions: [right.slice(0, 40)],
    }),
    expected: { verdict: 'consistent', exitCode: 0, findings: both('equivalent-secret') },
  },
  {
    name: 'the same HMAC key as the hash of a long one',
    seenIn: 'duo_universal_csharp PR 23',
    world: besides(createHash('sha256').update(long).digest(), long),
    expected: { verdict: 'consistent', exitCode: 0, findings: both('equivalent-secret') },
  },
  ...[1008, 4003].map((code) => ({
    name: `the WebSocket opens, and closes with ${code} where the key is another one`,
    seenIn: code === 1008 ? 'marsha PR 1585' : 'AionUi PR 1094',
    world: besides({
      keys: secret('of nobody'),
      hasFingerprint: false,
      probe: null,
      websocket: { refusesWith: code },
    }),
    expected: {
      verdict: 'inconsistent' as const,
      exitCode: 1 as const,
      findings: both('rejects-valid-token'),
    },
  })),
  {
    name: 'the WebSocket opens, and stays open for the right key alone',
    seenIn: 'marsha PR 1585',
    world: besides({ keys: right, websocket: {}, websocketProbe: { via: 'query' } }),
    expected: fine,
  },
  {
    name: 'closed before it was accepted, which shows as 403',
    seenIn: 'hermes-agent#88607',
    world: besides({
      keys: right,
      websocket: { keys: [secret('of nobody')], refusesWith: 403 },
    }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: both('websocket-only-rejection') },
  },
  {
    name: 'chooses the plain subprotocol beside the token',
    seenIn: 'orchestrator-core PR 662',
    world: besides({ keys: right, websocket: {}, websocketProbe: { via: 'subprotocol' } }),
    expected: fine,
  },
  {
    name: 'chooses no subprotocol at all, which browsers take for a failure',
    seenIn: 'orchestrator-core PR 662',
    world: besides({
      keys: right,
      websocket: { choosesSubprotocol: false },
      websocketProbe: { via: 'subprotocol' },
    }),
    expected: untold(['probe-inconclusive', ['backend_service']]),
  },
  {
    name: 'HTTP takes everything, and the WebSocket holds another key: nothing is proved of the WebSocket alone',
    seenIn: 'SignalK#1396',
    world: besides({
      keys: right,
      http: { trust: 'ignores' },
      websocket: { keys: [secret('of nobody')] },
    }),
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: both('accepts-forged-token', 'accepts-missing-token', 'rejects-valid-token'),
    },
  },
];

/** Reading the reference: none of this is drift. */
export const reading: readonly Incident[] = [
  {
    name: 'permission denied, or it may not exist',
    seenIn: 'Secret Manager',
    world: besides(right, right, {
      versions: [right],
      store: (store) => store.deny('secretmanager.versions.access'),
    }),
    expected: untold(['reference-unavailable', ['store']]),
  },
  {
    name: 'latest is disabled, and does not fall back',
    seenIn: 'external-secrets#4042',
    world: besides(right, right, {
      versions: [previous, right],
      store: (store, id) => store.disable(id, '2'),
    }),
    expected: untold(['reference-unavailable', ['store']]),
  },
  {
    name: 'the version was destroyed',
    seenIn: 'external-secrets#4042',
    world: besides(right, right, { versions: [right], store: (store, id) => store.destroy(id, '1') }),
    expected: untold(['reference-unavailable', ['store']]),
  },
  {
    name: 'the checksum does not fit',
    seenIn: 'Secret Manager',
    world: besides(right, right, { versions: [right], store: (store, id) => store.corrupt(id, '1') }),
    expected: untold(['reference-unavailable', ['store']]),
  },
  {
    name: 'there is no such version',
    seenIn: 'Secret Manager',
    world: besides(right, right, { versions: [right], reference: { version: '7' } }),
    expected: untold(['reference-unavailable', ['store']]),
  },
  {
    name: 'the byte-order mark renamed the first key of the file',
    seenIn: 'hermes-agent#65123',
    world: tests(
      { kind: 'file', path: 'app.env', key: 'JWT_SECRET', raw: true },
      { files: { 'app.env': `\ufeffJWT_SECRET=${right}\n` } },
    ),
    expected: untold(['participant-unreachable', ['tests']]),
  },
  {
    name: 'the fingerprint endpoint is that of something else',
    seenIn: 'flightdeck#75',
    world: besides({ keys: right, source: { pointer: '/sha256' } }),
    expected: untold(['fingerprint-unusable', ['backend_service']]),
  },
];

/** Agreement in spite of a difference, and hygiene. */
export const agreement: readonly Incident[] = [
  {
    name: 'signs with the old key and accepts both',
    seenIn: 'hono#2688',
    world: besides({ keys: previous, accepts: [right] }, right, { versions: [previous, right] }),
    expected: { verdict: 'consistent', exitCode: 0, findings: both('rotation-overlap') },
  },
  {
    name: 'signs with the new key, and accepts the old one for a while',
    seenIn: 'superset PR 43524',
    world: besides({ keys: right, accepts: [previous] }, right, { versions: [previous, right] }),
    expected: fine,
  },
  {
    name: 'a word of twelve letters',
    seenIn: 'RFC 7518 §3.2',
    world: besides('qzjvkxwyplor', 'qzjvkxwyplor'),
    expected: {
      verdict: 'consistent',
      exitCode: 0,
      findings: [['weak-secret', ['store', 'auth_service', 'backend_service']]],
    },
  },
  {
    name: 'staging and production share a secret',
    seenIn: 'eAPD#3407',
    world: besides(right, right, {
      elsewhere: { production: right },
      config: { crossCheck: ['production'] },
    }),
    expected: {
      verdict: 'consistent',
      exitCode: 1,
      findings: [['shared-across-environments', ['store']]],
    },
  },
];
