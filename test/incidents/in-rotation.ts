import type { SecretId } from '../../src/demo/secret-resource.js';
import type { SecretStore } from '../../src/demo/secret-store.js';
import {
  type RotationRecord,
  rotationAnnotation,
  serializeRecord,
} from '../../src/rotation/rotation-record.js';
import { type Incident, right, type ServiceOfWorld, secret, type World } from './incident.js';

const previous = secret('previous');

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** A rotation from version 1 (previous) to version 2 (right), in a state that it entered so long ago. */
function recordOf(
  state: 'staged' | 'promoted' | 'revoked',
  enteredMs: number,
  openedMs = enteredMs,
): RotationRecord {
  const aliases = { current: 'current', next: 'next', previous: 'previous' };
  return {
    format: 1,
    id: 'b9f1c8a4-6f0e-4b58-9a5c-2d1f0c7e3a61',
    mode: 'overlap',
    state,
    from: 1,
    to: 2,
    times: { opened: ago(openedMs), [state]: ago(enteredMs) },
    intent: { newest: 1, salt: '0123456789abcdef', hashes: ['fedcba9876543210'], at: ago(openedMs) },
    movedAt: null,
    done: [],
    trusts: [],
    terms: { drain: { access: hour }, skew: minute, settle: minute, patience: 15 * minute, aliases },
  };
}

/** Every service accepts both keys; how they differ from that is given by name. */
function rotating(
  record: RotationRecord,
  { auth = {}, backend = {} }: { auth?: Partial<ServiceOfWorld>; backend?: Partial<ServiceOfWorld> },
): World {
  const isStaged = record.state === 'staged';
  const [signs, accepts] = isStaged ? [previous, right] : [right, previous];
  const versionAliases = new Map([
    ['current', isStaged ? 1 : 2],
    ...(record.state === 'revoked'
      ? []
      : ([
          ['next', 2],
          ['previous', 1],
        ] as const)),
  ]);
  const both = record.state === 'revoked' ? { keys: signs } : { keys: signs, accepts: [accepts] };
  return {
    versions: [previous, right],
    reference: { version: 'current' },
    store: (store: SecretStore, id: SecretId) =>
      store.update(
        id,
        { versionAliases, annotations: new Map([[rotationAnnotation, serializeRecord(record)]]) },
        null,
      ),
    services: {
      auth_service: { ...both, role: 'issuer', mints: true, ...auth },
      backend_service: { ...both, ...backend },
    },
  };
}

const planned = { verdict: 'consistent', exitCode: 0, findings: [] } as const;

/** While a rotation is open: what goes as planned, and what does not. */
export const inRotation: readonly Incident[] = [
  {
    name: 'a rotation that is staged, as planned',
    seenIn: 'supabase signing keys',
    world: rotating(recordOf('staged', 5 * minute), {}),
    expected: planned,
  },
  {
    name: 'a rotation that is promoted, as planned',
    seenIn: 'supabase signing keys',
    world: rotating(recordOf('promoted', 5 * minute, hour), {}),
    expected: planned,
  },
  {
    name: 'a rotation that is revoked, as planned',
    seenIn: 'supabase signing keys',
    world: rotating(recordOf('revoked', 5 * minute, 2 * hour), {}),
    expected: planned,
  },
  {
    name: 'an issuer that follows latest and signs with the staged key',
    seenIn: 'toolhive#6451',
    world: rotating(recordOf('staged', 5 * minute), { auth: { keys: right, accepts: [previous] } }),
    expected: { verdict: 'inconsistent', exitCode: 1, findings: [['signs-too-early', ['auth_service']]] },
  },
  {
    name: 'a verifier that has not read the staged key yet',
    seenIn: 'toolhive#6451',
    world: rotating(recordOf('staged', 5 * minute), { backend: { accepts: [] } }),
    expected: { ...planned, findings: [['rotation-lagging', ['backend_service']]] },
  },
  {
    name: 'an issuer that keeps the old key after its patience',
    seenIn: 'encore#2202',
    world: rotating(recordOf('promoted', hour, 2 * hour), { auth: { keys: previous, accepts: [right] } }),
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: [['signs-with-retired-key', ['auth_service']]],
    },
  },
  {
    name: 'a verifier that still accepts the revoked key',
    seenIn: 'centrifugo#1209',
    world: rotating(recordOf('revoked', hour, 3 * hour), { backend: { accepts: [previous] } }),
    expected: {
      verdict: 'inconsistent',
      exitCode: 1,
      findings: [['accepts-retired-key', ['backend_service']]],
    },
  },
  {
    name: 'a rotation that was forgotten',
    seenIn: 'encore#2202',
    world: rotating(recordOf('staged', 40 * day), {}),
    expected: { ...planned, findings: [['rotation-stalled', []]] },
  },
  {
    name: 'an annotation that another program wrote',
    seenIn: 'gcloud secrets update --update-annotations',
    world: {
      ...rotating(recordOf('staged', 5 * minute), { auth: { keys: previous }, backend: { keys: previous } }),
      store: (store: SecretStore, id: SecretId) =>
        store.update(
          id,
          {
            versionAliases: new Map([['current', 1]]),
            annotations: new Map([[rotationAnnotation, 'by hand']]),
          },
          null,
        ),
    },
    expected: { ...planned, findings: [['rotation-unreadable', ['store']]] },
  },
];
