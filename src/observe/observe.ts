import { setImmediate as nextTurn } from 'node:timers/promises';
import pLimit from 'p-limit';
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
import { mintersOf } from './minters.js';
import type { Plan, PlannedParticipant, Progress } from './plan.js';
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
  const limit = pLimit(plan.concurrency);
  let done = 0;
  let total = 0;
  const task = <T>(what: string, run: () => Promise<T>): Promise<T> => {
    total += 1;
    return handled(
      limit(run).finally(() => {
        done += 1;
        progress(done, total, what);
      }),
    );
  };
  const ask = (planned: PlannedAttempt) =>
    task(`${planned.participant} ${planned.probe}`, () => attempt(planned, world));
  const challenging = withChallenges(plan, world);
  const readOne = (participant: PlannedParticipant) =>
    task(participant.name, () => read(participant, challenging));

  // Whoever is only asked goes on the wire first: loading the Secret Manager client takes longer than an answer does.
  const asked = plan.participants.filter((p) => !yieldsSecret(p));
  const holding = plan.participants.filter(yieldsSecret);
  const named = async (p: PlannedParticipant): Promise<[string, Read | null]> => [p.name, await readOne(p)];
  const shown = asked.map((p) => handled(named(p)));
  if (asked.length > 0 && holding.length > 0) await nextTurn();
  const secrets = handled(Promise.all(holding.map((p) => handled(named(p)))));

  const keyless = plan.participants.flatMap((p) => keylessAttempts(plan, p, world)).map(ask);
  const held = heldOf(await secrets);
  const minters = mintersOf(plan, held, world);
  const keyed = plan.participants.flatMap((p) => keyedAttempts(plan, p, world, minters)).map(ask);

  const right = held.get(plan.reference ?? '')?.secret ?? null;
  const reads = new Map([...(await secrets), ...(await Promise.all(shown))]);
  const attempts = inOrder(plan, world, [...(await Promise.all(keyed)), ...(await Promise.all(keyless))]);
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
  const position = new Map<string, number>();
  for (const participant of plan.participants) {
    for (const { probe } of probesOf(participant, world))
      position.set(placeOf(participant.name, probe), position.size);
  }
  const kinds: Attempt['token'][] = ['genuine', ...controls];
  const place = (a: Attempt): number => position.get(placeOf(a.participant, a.probe)) ?? 0;
  return [...attempts].sort((a, b) => place(a) - place(b) || kinds.indexOf(a.token) - kinds.indexOf(b.token));
}

const placeOf = (participant: string, probe: string): string => JSON.stringify([participant, probe]);
