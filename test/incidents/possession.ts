import { besides, cause, fine, type Incident, right, secret, untold } from './incident.js';

const old = secret('of nobody');
const name = 'backend_service';

/** What proofs of possession add to fingerprints. */
export const possession: readonly Incident[] = [
  {
    name: 'proved with the right key',
    seenIn: 'docs/endpoint.md',
    world: besides({ keys: right, proves: { key: right, as: name }, source: { require: 'proof' } }),
    expected: fine,
  },
  {
    name: 'the fingerprint was put into the configuration, and the key changed since',
    seenIn: 'a seed of this project',
    world: besides({ keys: old, shows: right, proves: { key: old, as: name } }),
    expected: cause('proof-failed'),
  },
  {
    name: 'the endpoint takes the fingerprint before the newline is trimmed, and the proof afterwards',
    seenIn: 'a seed of this project',
    world: besides({ keys: right, shows: `${right}\n`, proves: { key: right, as: name } }),
    expected: { verdict: 'consistent', exitCode: 0, findings: [['fingerprint-misreported', [name]]] },
  },
  {
    name: 'a proof is required of an endpoint that knows nothing of it',
    seenIn: 'docs/endpoint.md',
    world: besides({ keys: right, source: { require: 'proof' } }),
    expected: untold(['proof-missing', [name]]),
  },
  {
    name: 'the URL leads to another service that holds the same secret',
    seenIn: 'a seed of this project',
    world: besides({ keys: right, proves: { key: right, as: 'billing' } }),
    expected: { verdict: 'consistent', exitCode: 0, findings: [['proof-missing', [name]]] },
  },
];
