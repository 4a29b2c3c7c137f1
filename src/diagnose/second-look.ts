import type { ProbeSettings } from '../config/schema.js';
import { changedMeanwhile } from '../judge/changed-meanwhile.js';
import { sameAnswer } from '../judge/compare-answers.js';
import { saysLockedOut } from '../judge/lock-out.js';
import { probeKey } from '../judge/participants.js';
import { mayBeLockOut } from '../judge/second-look/locked-out-since.js';
import { hasTurned, isSilent } from '../judge/second-look/settle.js';
import type { Attempt, Control, FollowUpResult, Observations, UnchangedToken } from '../model.js';
import { probesOf } from '../observe/attempts.js';
import type { ObserveContext } from '../observe/context.js';
import type { Observed } from '../observe/observe.js';
import type { Plan, PlannedParticipant } from '../observe/plan.js';
import { presenterOf } from '../observe/probes/presenter.js';
import { type RetiredSigner, retiredToken } from '../observe/retired-key.js';
import { TaskPool } from '../observe/task-pool.js';
import { controlToken, mintToken } from '../observe/tokens/mint.js';
import type { Minter } from '../observe/tokens/minters.js';
import type { Secret } from '../secret/secret.js';

/** How often a valid token is presented again if some were accepted and some rejected. */
const mostAgain = 4;

/** How long to wait for a socket, relative to `settle` and at least; milliseconds. */
const timesSettle = 3;
const leastSettle = 5000;
const longestSettle = 60_000;

/** A verifier to ask again. */
interface Subject {
  readonly participant: PlannedParticipant;
  readonly probe: string;
  readonly settings: ProbeSettings;
  /** Its answers of the first round. */
  readonly attempts: readonly Attempt[];
  readonly type: string;
  /** The source of valid tokens. */
  readonly minter: Minter | null;
  /** The key of the control `retired`. */
  readonly retired: RetiredSigner | null;
  readonly plan: Plan;
  readonly context: ObserveContext;
  readonly next: () => number;
}

/**
 * Asks again if the first round would lead to a conclusion that the check itself may have caused: a lock-out, a rate
 * limit, a socket that had not decided yet, a body that contradicts the status, a slow clock. If all answers are as
 * expected, nothing is presented, except for a valid token if the forged one may have met a lock-out.
 */
export async function lookAgain(
  { observations, minters, retired }: Pick<Observed, 'observations' | 'minters' | 'retired'>,
  plan: Plan,
  context: ObserveContext,
): Promise<FollowUpResult[]> {
  const doubtful = new Map<string, Attempt[]>();
  for (const attempt of observations.attempts) {
    const key = probeKey(attempt);
    const list = doubtful.get(key) ?? [];
    list.push(attempt);
    doubtful.set(key, list);
  }
  const next = counterAfter(observations);
  const subjects = plan.participants.flatMap((participant) =>
    probesOf(participant, context).flatMap(({ probe, settings }): Subject[] => {
      const attempts = doubtful.get(probeKey({ participant: participant.name, probe })) ?? [];
      const first = attempts.filter((a) => a.isFirst === true);
      const valid = first.find((a) => a.result === 'rejected') ?? first[0];
      // A known secret always signs in the same way. A service that mints tokens may have replicas.
      const named = minters.trusted.find(({ name }) => name === valid?.minter);
      const minter = minters.trusted.find(({ key }) => key !== null) ?? named ?? null;
      const type = valid?.tokenType ?? Object.keys(plan.token.types)[0] ?? 'access';
      return [{ participant, probe, settings, attempts, type, minter, retired, plan, context, next }];
    }),
  );
  const followUps = await new TaskPool(plan.concurrency).all(subjects, lookAt);
  return followUps.flat();
}

/** Continues numbering the tokens of a check in their order of presentation. */
export function counterAfter({
  attempts,
  followUps,
}: Pick<Observations, 'attempts' | 'followUps'>): () => number {
  let last = [...attempts, ...followUps].reduce((most, { sequence = 0 }) => Math.max(most, sequence), 0);
  return () => {
    last += 1;
    return last;
  };
}

async function lookAt(subject: Subject): Promise<FollowUpResult[]> {
  const { attempts } = subject;
  const valid = attempts.filter((a) => a.isFirst === true);
  const invalid = attempts.filter((a) => a.token !== 'genuine');
  const accepted = invalid.filter((a) => a.result === 'accepted');
  const followUps: FollowUpResult[] = [];
  if (accepted.some((a) => 'settle' in subject.settings && isSilent(a)))
    followUps.push(...(await waitLonger(subject, accepted)));
  else if (accepted.length > 0) followUps.push(...(await compareBodies(subject)));
  if (accepted.some((a) => a.token === 'expired')) followUps.push(...(await presentExpired(subject)));
  const rejected = valid.filter((a) => a.result === 'rejected');
  if (rejected.length > 0) followUps.push(...(await lookAtRejection(subject, valid, followUps)));
  else if (accepted.length === 0 && valid.length > 0 && mayBeLockOut(attempts).length > 0)
    followUps.push(await present(subject, 'genuine', subject.settings));
  return followUps;
}

/** Opens silent sockets again, with more time to decide. */
async function waitLonger(subject: Subject, accepted: readonly Attempt[]): Promise<FollowUpResult[]> {
  const { settings, attempts } = subject;
  if (!('settle' in settings)) return [];
  const settleMs = Math.min(longestSettle, Math.max(timesSettle * settings.settle, leastSettle));
  const longer = { ...settings, settle: settleMs };
  const tokens = new Set<Attempt['token']>(
    accepted.map((a) => a.token).filter((token) => token !== 'expired' && token !== 'retired'),
  );
  tokens.add('missing');
  if (accepted.some((a) => a.token === 'expired')) tokens.add('expired');
  const valid = attempts.some((a) => a.isFirst === true && a.result === 'accepted');
  const kinds: Attempt['token'][] = valid ? ['genuine', ...tokens] : [...tokens];
  const backdated = new Set(accepted.flatMap((a) => (a.token === 'retired' ? [a.backdated === true] : [])));
  return Promise.all([
    ...kinds.map((token) => present(subject, token, longer, { settleMs })),
    ...[...backdated].map((is) => present(subject, 'retired', longer, { settleMs, backdated: is })),
  ]);
}

/** Presents a valid token and none again, and a forged one last. A difference that persists is caused by the token. */
async function compareBodies(subject: Subject): Promise<FollowUpResult[]> {
  const { settings, attempts } = subject;
  const followUps: FollowUpResult[] = [];
  if (attempts.some((a) => a.isFirst === true && a.result === 'accepted'))
    followUps.push(await present(subject, 'genuine', settings));
  if (!attempts.some((a) => a.token === 'missing'))
    followUps.push(await present(subject, 'missing', settings));
  followUps.push(await present(subject, 'forged', settings));
  return followUps;
}

/** Presents a token that expired a year ago and, if no answer reveals the clock, one that expired in 1970. */
async function presentExpired(subject: Subject): Promise<FollowUpResult[]> {
  const { settings, attempts } = subject;
  const aYearAgo = await present(subject, 'expired', settings, { yearAgo: true });
  if (aYearAgo.result !== 'accepted' || attempts.some((a) => a.clockOffsetMs !== undefined))
    return [aYearAgo];
  return [aYearAgo, await present(subject, 'expired', settings, { in1970: true })];
}

/**
 * Checks whether a rejection of valid tokens persists and whether the check caused it: presents a forged and a valid
 * token again. If some valid tokens were accepted, presents more to distinguish replicas from a lock-out.
 */
async function lookAtRejection(
  subject: Subject,
  valid: readonly Attempt[],
  before: readonly FollowUpResult[],
): Promise<FollowUpResult[]> {
  const { settings, attempts, participant, probe } = subject;
  const followUps: FollowUpResult[] = [];
  const seen = () => ({ attempts, followUps: [...before, ...followUps] });
  // Separate connections, as for samples, reach other replicas.
  const fresh = { ...settings, samples: Math.max(2, settings.samples) };
  const mixed = valid.find(
    (one) => one.result === 'rejected' && valid.some((a) => isSameKind(a, one) && a.result === 'accepted'),
  );
  const forged = attempts.filter((a) => a.token === 'forged');
  if (mixed !== undefined) {
    for (let n = 0; n < mostAgain; n += 1) {
      const again = await present(subject, 'genuine', fresh);
      followUps.push(again);
      if (again.result === 'inconclusive' || saysLockedOut(again)) break;
      if (n > 0 && !hasTurned(mixed, attempts, seen().followUps)) break;
    }
  }
  // If valid and forged tokens get the same answer, no difference leads to a conclusion.
  const differs = valid.some((a) => a.result === 'rejected' && forged.some((other) => !sameAnswer(a, other)));
  if (forged.length === 0 || (mixed === undefined && !differs)) return followUps;
  followUps.push(await present(subject, 'forged', settings));
  // Answers before and after a lock-out differ like those of two layers. Only a final valid token distinguishes them.
  const isOpen = [...forged, ...followUps].some((a) => a.result === 'accepted');
  if (mixed === undefined && (!isOpen || changedMeanwhile(seen(), participant.name, probe) !== null))
    followUps.push(await present(subject, 'genuine', fresh));
  return followUps;
}

/** Whether two attempts have the same minter and type: only those must get the same answer. */
const isSameKind = (a: Attempt, b: Attempt): boolean => a.minter === b.minter && a.tokenType === b.tokenType;

type Special = Pick<UnchangedToken, 'settleMs' | 'yearAgo' | 'in1970' | 'backdated'>;

async function present(
  subject: Subject,
  token: Attempt['token'],
  settings: ProbeSettings,
  special: Special = {},
): Promise<FollowUpResult> {
  const { participant, probe, context, next } = subject;
  const common = {
    participant: participant.name,
    probe,
    changed: {
      what: 'nothing',
      token,
      ...special,
      ...(token === 'genuine' ? { tokenType: subject.type } : {}),
    },
    text: token,
    form: null,
  } as const;
  const nothing = { result: 'inconclusive', status: null, closeCode: null } as const;
  const minted = context.signal.aborted ? null : await mint(subject, token, special);
  if (minted === null || context.signal.aborted)
    return { ...common, ...nothing, detail: 'not tried: no token, or no time left' };
  const sequence = next();
  const { result, status, closeCode, detail, said } = await presenterOf(settings).attempt(
    settings,
    minted.token,
    context,
  );
  return { ...common, result, status, closeCode, detail, said, sequence };
}

async function mint(
  { minter, retired, plan, type, context }: Subject,
  token: 'genuine' | Control,
  special: Special,
): Promise<{ readonly token: Secret | null } | null> {
  if (token === 'genuine') {
    const minted = await minter?.mint(type);
    return minted?.ok === true ? { token: minted.value.secret } : null;
  }
  const expired = issuedAt(special, context.now());
  if (token === 'retired') {
    if (retired === null) return null;
    const options = { settings: plan.token, type, now: context.now() };
    return { token: await retiredToken(retired, special.backdated === true, options) };
  }
  const key = minter?.key ?? null;
  if (key === null && (token === 'expired' || token === 'tampered')) return null;
  const options = { settings: plan.token, type, now: expired ?? context.now(), key };
  if (expired !== null && key !== null) return { token: await mintToken({ ...options, key }) };
  return { token: await controlToken(token, options) };
}

const yearMs = 365 * 24 * 3_600_000;

/** The issue time of a long-expired token; `null` for other tokens. */
function issuedAt({ in1970, yearAgo }: Special, now: Date): Date | null {
  if (in1970 === true) return new Date(0);
  return yearAgo === true ? new Date(now.getTime() - yearMs) : null;
}
