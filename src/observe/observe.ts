import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSound, tokensByParticipant } from '../judge/signing.js';
import { type Attempt, controls, type Fingerprint, type Observations } from '../model.js';
import { sameFingerprint } from '../secret/fingerprint.js';
import {
  attempt,
  elapsed,
  type PlannedAttempt,
  type Postpone,
  plannedAttempts,
  probesOf,
} from './attempts.js';
import { bySite } from './by-site.js';
import { fingerprintOfCandidate } from './candidate.js';
import type { ObserveContext } from './context.js';
import { knownCandidates } from './known-candidates.js';
import { type Memory, roundsThatHold } from './memory.js';
import type { Outcome } from './network/network.js';
import type { Plan, PlannedParticipant, Progress } from './plan.js';
import { shownProofs, withChallenges } from './proofs.js';
import { observation, type Read, read } from './readings.js';
import { readerOf } from './sources/reader.js';
import type { SecretReading } from './sources/source.js';
import { TaskPool } from './task-pool.js';
import type { MintEndpoint } from './tokens/mint-endpoint.js';
import { MintedTokens } from './tokens/minted-tokens.js';
import {
  distinctSecrets,
  identityOf,
  type Minting,
  mintEndpointsOf,
  mintersOf,
  type RankedMinters,
  type ReadyToken,
  rankMinters,
} from './tokens/minters.js';

/** What was seen, and the secrets that were met on the way, for looking closer and for taking them out of texts. */
export interface Observed {
  readonly observations: Observations;
  readonly held: ReadonlyMap<string, SecretReading>;
  /** Participants that were given no invalid token, for an earlier round still holds. */
  readonly kept: ReadonlySet<string>;
  readonly minting: Minting;
  readonly minters: RankedMinters;
}

/**
 * Asks every participant: fingerprints, and tokens over every probe. All at once, up to the plan's concurrency, with two
 * exceptions: tokens wait for those participants that yield a secret, and on each site tokens that must be rejected wait
 * for the answers to the valid ones.
 */
export async function observe(
  plan: Plan,
  context: ObserveContext,
  progress: Progress,
  memory?: Memory,
): Promise<Observed> {
  const startedAt = context.now();
  const started = performance.now();
  const pool = new TaskPool(plan.concurrency);
  // Those that yield a secret stand in no line behind services that may be silent: everything waits for them.
  const secretReaders = new TaskPool(plan.concurrency);
  let readReference: (reading: Promise<Read | null>) => void = () => {};
  const referenceRead = new Promise<Read | null>((resolve) => {
    readReference = resolve;
  });
  let done = 0;
  let total = 0;
  const all = <T, R>(
    workers: TaskPool,
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
  const challenging = withChallenges(plan, context);
  const minting = {
    endpoints: mintEndpointsOf(plan, context),
    tokens: new MintedTokens(plan.token, context),
  };
  const readAll = (workers: TaskPool, participants: readonly PlannedParticipant[]) =>
    all(
      workers,
      participants,
      (p) => p.name,
      async (p): Promise<[string, Read | null]> => {
        const reading = read(p, minting.endpoints, challenging);
        if (p.name === plan.reference) readReference(reading);
        const done = await reading;
        if (done !== null) for (const proof of shownProofs(p, done.result)) minting.tokens.keepProof(proof);
        return [p.name, done];
      },
    );
  const next = counter();
  const tryAll = async (attempts: readonly PlannedAttempt[], isPutOff?: Postpone): Promise<Attempt[]> => {
    const done = await all(
      pool,
      attempts,
      (planned) => `${planned.participant} ${planned.probe}`,
      (planned) => attempt(planned, context, next, isPutOff),
    );
    return done.filter((one) => one !== null);
  };

  // Whoever is only asked goes on the wire first: loading the Secret Manager client takes longer than an answer does.
  const asked = plan.participants.filter((p) => !yieldsSecret(p));
  const holding = plan.participants.filter(yieldsSecret);
  const shown = readAll(pool, asked);
  if (asked.length > 0 && holding.length > 0) await nextTurn();
  const secrets = readAll(secretReaders, holding);

  const held = heldOf(await secrets);
  minting.tokens.verifyWith(distinctSecrets(plan, held).map(({ key }) => key));
  const sampled = all(pool, sampledEndpoints(plan, minting), ([name]) => name, readEndpoint(minting));
  const minters = mintersOf(plan, held, minting, context);
  // Only where several secrets are at hand, it matters which of them the reference shows.
  const severalKeys = minters.filter((minter) => minter.key !== null).length > 1;
  const mustAsk = severalKeys && plan.reference !== null && !held.has(plan.reference);
  const shownByReference = mustAsk ? fingerprintsIn(await referenceRead) : [];
  const ranked = rankMinters(minters, held, plan.reference, shownByReference);
  const planned = plan.participants.map((p) => plannedAttempts(plan, p, context, ranked));
  const right = held.get(plan.reference ?? '')?.secret ?? null;
  const observations = async (attempts: readonly Attempt[]): Promise<Observations> => {
    const reads = new Map([...(await secrets), ...(await shown)]);
    for (const [name, done] of reads)
      if (done?.result.is === 'tokens')
        for (const token of done.result.tokens) minting.tokens.add(name, token, done.result.isFresh);
    await sampled;
    const mintedTokens = minting.tokens.observed;
    const minted = tokensByParticipant(mintedTokens);
    return {
      environment: plan.environment,
      startedAt,
      durationMs: elapsed(started),
      reference: plan.reference,
      algorithm: plan.token.algorithm,
      currency: context.label(plan.currency),
      participants: plan.participants.map((p) => {
        const seen = observation(
          plan,
          p,
          reads.get(p.name) ?? null,
          right,
          minted.get(p.name) ?? [],
          context,
        );
        const mintError = minting.endpoints.get(p.name)?.error ?? null;
        return mintError === null || p.settings.source === undefined ? seen : { ...seen, mintError };
      }),
      attempts: inOrder(plan, context, attempts),
      mintedTokens,
      candidates: (await knownCandidates(plan.fallbacks)).map((known) =>
        fingerprintOfCandidate(known, context.fingerprintLength),
      ),
      followUps: [],
      crossChecks: [],
    };
  };

  // A token of another key, or with other claims, is one that must be rejected: it waits for the answers to valid ones.
  const tryValid = async (valid: readonly PlannedAttempt[]) => {
    const foreign: PlannedAttempt[] = [];
    const attempts = await tryAll(valid, (one, minted) => {
      const isForeign = mustBeRejected(minted, ranked, plan);
      if (isForeign) foreign.push({ ...one, mint: async () => minted });
      return isForeign;
    });
    return { attempts, foreign };
  };
  if (memory === undefined || memory.rounds.size === 0) {
    const attempted = handled(
      Promise.all(
        bySite(planned).map(async ({ valid, invalid }) => {
          const { attempts, foreign } = await tryValid(valid);
          return [...first(attempts), ...(await tryAll([...foreign, ...invalid]))];
        }),
      ),
    );
    return {
      observations: await observations((await attempted).flat()),
      held,
      minting,
      kept: new Set(),
      minters: ranked,
    };
  }
  const tried = await tryValid(planned.flatMap((p) => p.valid));
  const valid = first(tried.attempts);
  const rounds = roundsThatHold(memory, await observations(valid));
  const due = [...tried.foreign, ...planned.flatMap((p) => p.invalid)].filter(
    ({ participant }) => !rounds.has(participant),
  );
  const remembered = [...rounds.values()];
  const attempts = [...valid, ...(await tryAll(due)), ...remembered.flatMap((round) => round.attempts)];
  return {
    observations: {
      ...(await observations(attempts)),
      followUps: remembered.flatMap((round) => round.followUps),
    },
    held,
    minting,
    kept: new Set(rounds.keys()),
    minters: ranked,
  };
}

/**
 * Whether verifiers that are right reject a token that a service minted: it is signed with none of the keys that are
 * trusted, or in another way or for others than is configured. Without such a key it is the best token that there is.
 */
function mustBeRejected(minted: Outcome<ReadyToken>, { trusted }: RankedMinters, { token }: Plan): boolean {
  if (!minted.ok || minted.value.minted === undefined) return false;
  const { signer } = minted.value.minted;
  const keys = trusted.flatMap(({ key }) => key ?? []);
  if (keys.length === 0) return false;
  const isSigned = signer !== null && keys.some((key) => sameFingerprint(identityOf(key), signer));
  return !isSigned || !isSound(minted.value.minted, token);
}

const first = (attempts: readonly Attempt[]): Attempt[] => attempts.map((a) => ({ ...a, isFirst: true }));

/** What fails before anybody waits for it is told where somebody does, and must not end the process until then. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Numbers the tokens of a check in the order in which they are presented. */
function counter(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

const fingerprintsIn = (read: Read | null): Fingerprint[] =>
  read?.result.is === 'fingerprint' ? read.result.instances.map((i) => i.fingerprint) : [];

/**
 * Mint endpoints beside another source that are asked by themselves: for several samples, and where there are no probes
 * that their tokens could be presented to.
 */
function sampledEndpoints({ participants }: Plan, { endpoints }: Minting): [string, MintEndpoint][] {
  const isPresented = participants.some(({ settings }) => (settings.probes ?? []).length > 0);
  const sampled = participants.filter(
    ({ settings: { source, mint } }) => source !== undefined && (!isPresented || (mint?.samples ?? 0) > 1),
  );
  const names = new Set(sampled.map(({ name }) => name));
  return [...endpoints].filter(([name]) => names.has(name));
}

const readEndpoint =
  ({ tokens }: Minting) =>
  async ([name, endpoint]: readonly [string, MintEndpoint]): Promise<void> => {
    for (const outcome of await endpoint.read()) if (outcome.ok) tokens.add(name, outcome.value, null);
  };

function yieldsSecret(participant: PlannedParticipant): boolean {
  const { source } = participant.settings;
  return source !== undefined && readerOf(source).yieldsSecret(source);
}

function heldOf(reads: readonly [string, Read | null][]): Map<string, SecretReading> {
  const held = new Map<string, SecretReading>();
  for (const [name, read] of reads) if (read?.result.is === 'secret') held.set(name, read.result);
  return held;
}

/** By participant and probe as configured, valid tokens before controls: the same order every time. */
function inOrder(plan: Plan, context: ObserveContext, attempts: readonly Attempt[]): Attempt[] {
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
    probesOf(participant, context).flatMap(({ probe }) =>
      (byProbe.get(participant.name)?.get(probe) ?? []).sort(
        (a, b) => kinds.indexOf(a.token) - kinds.indexOf(b.token),
      ),
    ),
  );
}
