import { probeNames } from '../config/probe-names.js';
import { fingerprintOf, sameFingerprint } from '../fingerprint.js';
import type { Fingerprint, Instance, Observation, Reading } from '../model.js';
import type { Secret } from '../secret.js';
import { elapsed } from './attempts.js';
import type { Plan, PlannedParticipant } from './plan.js';
import { presenterOf } from './probes/presenter.js';
import { missingProof, proofsOf } from './proofs.js';
import { readerOf } from './sources/reader.js';
import type { SourceResult } from './sources/source.js';
import type { World } from './world.js';

/** What was read of one participant, and how long it took. */
export interface Read {
  readonly result: SourceResult;
  readonly latencyMs: number;
}

/** Reads a participant's source; `null` where it has none. */
export async function read(participant: PlannedParticipant, world: World): Promise<Read | null> {
  const { source } = participant.settings;
  if (source === undefined) return null;
  const started = performance.now();
  if (world.signal.aborted) {
    const message = 'it was not asked: the time for the whole check was over';
    return { result: { is: 'error', error: { code: 'timeout', message } }, latencyMs: 0 };
  }
  const result = await readerOf(source).read(source, world);
  return { result, latencyMs: elapsed(started) };
}

/**
 * The participant as the judge sees it.
 * @param right the reference's secret, which proofs are verified with; `null` where it is not at hand
 */
export function observation(
  plan: Plan,
  participant: PlannedParticipant,
  read: Read | null,
  right: Secret | null,
  world: World,
): Observation {
  const { name, settings, required } = participant;
  const { source, impact } = settings;
  const probes = settings.probes ?? [];
  const names = probeNames(probes, world.label);
  const isReference = name === plan.reference;
  const shown = read === null ? null : readingOf(read.result, world.fingerprintLength);
  const proofs = read === null ? [] : proofsOf(participant, read.result, right);
  const reading = shown === null || proofs.length === 0 ? shown : { ...shown, proofs };
  const failure = read === null || read.result.is === 'secret' ? null : read.result.error;
  return {
    name,
    role: settings.role ?? (isReference ? 'reference' : probes.length > 0 ? 'verifier' : 'other'),
    source: source?.kind ?? null,
    target: source === undefined ? null : readerOf(source).target(source, world),
    required,
    impact:
      impact === undefined
        ? null
        : { mrr: impact.mrr, note: impact.note === undefined ? null : world.label(impact.note) },
    probes: probes.map((probe, index) => ({
      name: names[index] ?? probe.kind,
      kind: probe.kind,
      target: presenterOf(probe).target(probe, world),
    })),
    reading,
    error: failure ?? missingProof(plan, participant, reading, right, world),
    latencyMs: read === null ? null : read.latencyMs,
  };
}

function readingOf(result: SourceResult, length: number): Reading | null {
  if (result.is === 'error') return null;
  const { version, provenance } = result;
  if (result.is === 'secret') {
    const fingerprint = fingerprintOf(result.secret, length);
    return {
      fingerprint,
      accepts: [fingerprint],
      version,
      provenance,
      instances: [{ instance: null, fingerprint, samples: 1 }],
      keyBytes: result.secret.byteLength,
    };
  }
  const { instances, accepts } = result;
  const fingerprint = commonest(instances);
  if (fingerprint === null) return null;
  return { fingerprint, accepts, version, provenance, instances, keyBytes: null };
}

/** The fingerprint that most answers showed; of equals the first. */
function commonest(instances: readonly Instance[]): Fingerprint | null {
  let best: { fingerprint: Fingerprint; samples: number } | null = null;
  for (const { fingerprint } of instances) {
    const samples = instances
      .filter((i) => sameFingerprint(i.fingerprint, fingerprint))
      .reduce((sum, i) => sum + i.samples, 0);
    if (best === null || samples > best.samples) best = { fingerprint, samples };
  }
  return best?.fingerprint ?? null;
}
