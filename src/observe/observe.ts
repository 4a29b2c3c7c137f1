import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Attempt, controls, type Observations } from '../model.js';
import {
  attempt,
  elapsed,
  keyedAttempts,
  keylessAttempts,
  type PlannedAttempt,
  probesOf,
} from './attempts.js';
import { formOf } from './candidates/candidate.js';
import { knownCandidates } from './candidates/known.js';
import { Crew } from './crew.js';
import { mintersOf } from './minters.js';
import type { Plan, PlannedParticipant, Progress } from './plan.js';
import { prepareMinting } from './probes/mint.js';
import { withChallenges } from './proofs.js';
import { observation, type Read, read } from './readings.js';
import { readerOf } from './sources/reader.js';
import type { Held } from './sources/source.js';
import type { World } from './world.js';

/** What was seen, and the secrets that were met on the way, for looking closer and for taking them out of texts. */
export interface Observed {
  readonly observations: Observations;
  readonly held: ReadonlyMap<string, Held>;
}

/**
 * Asks everybody: fingerprints, and tokens over every probe. All at once, up to the plan's concurrency; genuine tokens
 * wait only for those participants that yield a secret.
 */
export async function observe(plan: Plan, world: World, progress: Progress): Promise<Observed> {
  const startedAt = world.now();
  const started = performance.now();
  const crew = new Crew(plan.concurrency);
  // Those that yield a secret stand in no line behind services that may be silent: everything waits for them.
  const vanguard = new Crew(plan.concurrency);
  let done = 0;
  let total = 0;
  const all = <T, R>(
    workers: Crew,
    items: readonly T[],
    nameOf: (item: T) => string,
    work: (item: T) => Promise<R>,
  ) => {
    total += items.length;
    const working = workers.all(items, async (item) => {
      try {
        return await work(item);
      } finally {
        done += 1;
        progress(done, total, nameOf(item));
      }
    });
    return handled(working);
  };
  const challenging = withChallenges(plan, world);
  const readAll = (workers: Crew, participants: readonly PlannedParticipant[]) =>
    all(
      workers,
      participants,
      (p) => p.name,
      async (p): Promise<[string, Read | null]> => [p.name, await read(p, challenging)],
    );
  const tryAll = (attempts: readonly PlannedAttempt[]) =>
    all(
      crew,
      attempts,
      (planned) => `${planned.participant} ${planned.probe}`,
      (planned) => attempt(planned, world),
    );

  // Whoever is only asked goes on the wire first: loading the Secret Manager client takes longer than an answer does.
  const asked = plan.participants.filter((p) => !yieldsSecret(p));
  const holding = plan.participants.filter(yieldsSecret);
  const shown = readAll(crew, asked);
  if (asked.length > 0 && holding.length > 0) await nextTurn();
  const secrets = readAll(vanguard, holding);
  if (plan.participants.some((p) => (p.settings.probes ?? []).length > 0)) prepareMinting();

  const keyless = tryAll(plan.participants.flatMap((p) => keylessAttempts(plan, p, world)));
  const held = heldOf(await secrets);
  const minters = mintersOf(plan, held, world);
  const keyed = tryAll(plan.participants.flatMap((p) => keyedAttempts(plan, p, world, minters)));

  const right = held.get(plan.reference ?? '')?.secret ?? null;
  const reads = new Map([...(await secrets), ...(await shown)]);
  const attempts = inOrder(plan, world, [...(await keyed), ...(await keyless)]);
  const observations: Observations = {
    environment: plan.environment,
    startedAt,
    durationMs: elapsed(started),
    reference: plan.reference,
    algorithm: plan.token.algorithm,
    currency: world.label(plan.currency),
    participants: plan.participants.map((p) => observation(plan, p, reads.get(p.name) ?? null, right, world)),
    attempts,
    forms: (await knownCandidates(plan.fallbacks)).map((known) => formOf(known, world.fingerprintLength)),
    trials: [],
    crossChecks: [],
  };
  return { observations, held };
}

/** What fails before anybody waits for it is told where somebody does, and must not end the process until then. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function yieldsSecret(participant: PlannedParticipant): boolean {
  const { source } = participant.settings;
  return source !== undefined && readerOf(source).yieldsSecret(source);
}

function heldOf(reads: readonly [string, Read | null][]): Map<string, Held> {
  const held = new Map<string, Held>();
  for (const [name, read] of reads) if (read?.result.is === 'secret') held.set(name, read.result);
  return held;
}

/** By participant and probe as configured, genuine tokens before controls: the same order every time. */
function inOrder(plan: Plan, world: World, attempts: readonly Attempt[]): Attempt[] {
  const kinds: Attempt['token'][] = ['genuine', ...controls];
  const byProbe = new Map<string, Map<string, Attempt[]>>();
  for (const one of attempts) {
    const probes = byProbe.get(one.participant) ?? new Map<string, Attempt[]>();
    byProbe.set(one.participant, probes);
    const same = probes.get(one.probe);
    if (same === undefined) probes.set(one.probe, [one]);
    else same.push(one);
  }
  return plan.participants.flatMap((participant) =>
    probesOf(participant, world).flatMap(({ probe }) =>
      (byProbe.get(participant.name)?.get(probe) ?? []).sort(
        (a, b) => kinds.indexOf(a.token) - kinds.indexOf(b.token),
      ),
    ),
  );
}
