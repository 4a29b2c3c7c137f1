import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSound } from '../judge/signing.js';
import type { Attempt, Fingerprint, Observations } from '../model.js';
import { fullFingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { assembleObservations } from './assemble-observations.js';
import { attempt, elapsed, type PlannedAttempt, type Postpone, plannedAttempts } from './attempts.js';
import { bySite } from './by-site.js';
import type { ObserveContext } from './context.js';
import { type Memory, roundsThatHold } from './memory.js';
import type { Outcome } from './network/network.js';
import type { Plan, PlannedParticipant, Progress } from './plan.js';
import { shownProofs, withChallenges } from './proofs.js';
import { type Read, read } from './readings.js';
import { type RetiredSigner, readRetiredKey } from './retired-key.js';
import {
  acceptedKeys,
  isRotating,
  noRotation,
  readWithRotation,
  retiredByRotation,
  rotatingKeys,
} from './rotation.js';
import { yieldsSecret } from './sources/reader.js';
import type { SecretReading, UnusableValue } from './sources/source.js';
import { TaskPool } from './task-pool.js';
import type { MintEndpoint } from './tokens/mint-endpoint.js';
import { MintedTokens } from './tokens/minted-tokens.js';
import {
  distinctSecrets,
  type Minting,
  mintEndpointsOf,
  mintersOf,
  type RankedMinters,
  type ReadyToken,
  rankMinters,
} from './tokens/minters.js';

/** Observations, and the secrets that were read, for further diagnosis and for redaction. */
export interface Observed {
  readonly observations: Observations;
  readonly held: ReadonlyMap<string, SecretReading>;
  /** By participant: what it shows instead of fingerprints. */
  readonly unusable: ReadonlyMap<string, readonly UnusableValue[]>;
  /** Participants that received no invalid token, because an earlier round is still valid. */
  readonly kept: ReadonlySet<string>;
  readonly minting: Minting;
  readonly minters: RankedMinters;
  /** The key of the control `retired`. */
  readonly retired: RetiredSigner | null;
  /** Keys of an open rotation of the reference's secret. */
  readonly rotating: readonly Secret[];
}

/**
 * Asks every participant for fingerprints, and presents tokens to every probe. Everything is concurrent, up to the
 * plan's limit, with two exceptions: tokens wait for participants that yield a secret, and on each site invalid
 * tokens wait for the answers to valid ones.
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
  // A pool of their own, because everything waits for these reads: they must not queue behind services that do not
  // answer.
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
  const known = { rotation: noRotation };
  const withRotation = async (p: PlannedParticipant, reading: Promise<Read | null>) => {
    const done = await readWithRotation(p.settings.source, reading, plan.aliases, context);
    known.rotation = done.rotation;
    return done.read;
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
        const done = p.name === plan.reference ? await withRotation(p, reading) : await reading;
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

  // Requests are sent first: loading the Secret Manager client takes longer than an answer.
  const asked = plan.participants.filter(({ settings }) => !yieldsSecret(settings.source));
  const holding = plan.participants.filter(({ settings }) => yieldsSecret(settings.source));
  const shown = readAll(pool, asked);
  if (asked.length > 0 && holding.length > 0) await nextTurn();
  const secrets = readAll(secretReaders, holding);

  const held = heldOf(await secrets);
  const { open } = known.rotation;
  const inRotation = open === null ? [] : [...open.keys.values()];
  minting.tokens.verifyWith([...distinctSecrets(plan, held).map(({ key }) => key), ...inRotation]);
  const sampled = all(pool, sampledEndpoints(plan, minting), ([name]) => name, readEndpoint(minting));
  const minters = mintersOf(plan, held, minting, context).filter(
    ({ name, key }) => open === null || key === null || name === plan.reference || !isRotating(open, key),
  );
  // Only with several secrets does it matter which one the reference reports.
  const severalKeys = minters.filter((minter) => minter.key !== null).length > 1;
  const mustAsk = severalKeys && asked.some(({ name }) => name === plan.reference);
  const shownByReference = mustAsk ? fingerprintsIn(await referenceRead) : [];
  const ranked = rankMinters(minters, held, plan.reference, shownByReference);
  const stillAccepted = open === null ? [] : acceptedKeys(open);
  const retired = await readRetiredKey(plan, held, stillAccepted, context);
  const signer = retired?.signer ?? null;
  // Who wants no invalid token presented gets none.
  const ofRotation = open === null || plan.controls.length === 0 ? null : retiredByRotation(open);
  const retiredSigners = [ofRotation, signer]
    .filter((one) => one !== null)
    .filter(({ version }, index, all) => all.findIndex((one) => one.version === version) === index);
  const unusable = new Map<string, readonly UnusableValue[]>();
  const used = { held, unusable, minting, minters: ranked, retired: signer, rotating: inRotation };
  const rotating = open === null ? null : rotatingKeys(open);
  const planned = plan.participants.map((p) =>
    plannedAttempts(plan, p, context, ranked, retiredSigners, rotating),
  );
  const right = held.get(plan.reference ?? '')?.secret ?? null;
  const observations = async (attempts: readonly Attempt[]): Promise<Observations> => {
    const reads = new Map([...(await secrets), ...(await shown)]);
    for (const [name, done] of reads) {
      if (done?.result.is === 'tokens')
        for (const token of done.result.tokens) minting.tokens.add(name, token, done.result.isFresh);
      const values = done === null || !('unusable' in done.result) ? [] : (done.result.unusable ?? []);
      if (values.length > 0) unusable.set(name, values);
    }
    await sampled;
    const otherStates = open === null ? [] : await open.otherStates();
    return assembleObservations(plan, context, {
      startedAt,
      durationMs: elapsed(started),
      reads,
      right,
      attempts,
      minting,
      rotation: known.rotation,
      otherStates,
      retiredKey: retired?.observed,
      isChallenged: challenging.nonce !== undefined,
    });
  };

  // A token of another key, or with other claims, must be rejected: it waits for the answers to valid tokens.
  const tryValid = async (valid: readonly PlannedAttempt[]) => {
    const foreign: PlannedAttempt[] = [];
    const attempts = await tryAll(valid, (one, minted) => {
      const isForeign = mustBeRejected(minted, ranked, stillAccepted, plan);
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
      kept: new Set(),
      ...used,
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
    kept: new Set(rounds.keys()),
    ...used,
  };
}

/**
 * Whether correct verifiers reject a token that a service minted: no trusted key signed it, or its algorithm, issuer
 * or audience is not the configured one. Without a trusted key it is the best available token.
 */
function mustBeRejected(
  minted: Outcome<ReadyToken>,
  { trusted }: RankedMinters,
  stillAccepted: readonly Secret[],
  { token }: Plan,
): boolean {
  if (!minted.ok || minted.value.minted === undefined) return false;
  const { signer } = minted.value.minted;
  const keys = trusted.flatMap(({ key }) => key ?? []);
  if (keys.length === 0) return false;
  const isSigned =
    signer !== null &&
    [...keys, ...stillAccepted].some((key) => sameFingerprint(fullFingerprintOf(key), signer));
  return !isSigned || !isSound(minted.value.minted, token);
}

const first = (attempts: readonly Attempt[]): Attempt[] => attempts.map((a) => ({ ...a, isFirst: true }));

/** Marks a failure as handled. It is reported where the promise is awaited, and must not end the process before. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Numbers the tokens of a check in the order of presentation. */
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
 * Mint endpoints beside another source that are asked separately: for several samples, and if no probe can receive
 * their tokens.
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

function heldOf(reads: readonly [string, Read | null][]): Map<string, SecretReading> {
  const held = new Map<string, SecretReading>();
  for (const [name, read] of reads) if (read?.result.is === 'secret') held.set(name, read.result);
  return held;
}
