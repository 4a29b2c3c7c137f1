import pLimit from 'p-limit';
import type { ProbeSettings } from '../../config/schema.js';
import { changedMeanwhile } from '../../judge/changed-meanwhile.js';
import type { Comparison } from '../../judge/compare.js';
import { saysLockedOut } from '../../judge/lock-out.js';
import { questioned } from '../../judge/tokens.js';
import type { Attempt, Observations, Trial } from '../../model.js';
import { probesOf } from '../../observe/attempts.js';
import type { Candidate } from '../../observe/candidate.js';
import type { World } from '../../observe/context.js';
import type { Plan, PlannedParticipant, Progress } from '../../observe/plan.js';
import { present } from '../../observe/probes/presenter.js';
import type { ProbeResult } from '../../observe/probes/probe.js';
import type { Held } from '../../observe/sources/source.js';
import type { Secret } from '../../secret/secret.js';
import { counterAfter } from '../second-look.js';
import type { AnswerInOrder, Subject } from './asked.js';
import { isInHeader, placedIn } from './placement.js';
import { followUpProbe } from './probe.js';
import { readBody } from './rejecting-bodies.js';
import type { Refused } from './variant.js';

/** What the follow-up goes by. */
export interface FollowUpContext {
  readonly plan: Plan;
  readonly observations: Observations;
  readonly comparison: Comparison;
  /** The secrets that were read, by participant. */
  readonly held: ReadonlyMap<string, Held>;
  /** Other keys that could be in use; those of the right secret and those of nobody in particular are tried. */
  readonly candidates: readonly Candidate[];
  readonly world: World;
  readonly progress: Progress;
}

/**
 * Asks once more, with one thing about the token changed at a time, where a valid token was refused and nothing
 * explains it yet. Participants at once, up to the plan's concurrency; the probes of one participant in turn, until the
 * cause is found.
 */
export async function followUp(context: FollowUpContext): Promise<Trial[]> {
  const { plan, comparison, world, progress } = context;
  if (!plan.followUp.enabled || plan.followUp.maxAttempts === 0) return [];
  const limit = pLimit(plan.concurrency);
  const next = counterAfter(context.observations);
  const explained = new Set([...comparison.differing, ...comparison.split]);
  const concerned = plan.participants.filter(
    ({ name }) => questioned(comparison.tokens, name).length > 0 && !explained.has(name),
  );
  let done = 0;
  const trials = await Promise.all(
    concerned.map(async (participant) => {
      const found = await followUpParticipant(participant, context, (present) =>
        limit(async () => {
          if (world.signal.aborted) return null;
          const sequence = next();
          return { ...(await present()), sequence };
        }),
      );
      done += 1;
      progress(done, concerned.length, `${participant.name}: looking closer`);
      return found;
    }),
  );
  return trials.flat();
}

type Run = (present: () => Promise<ProbeResult>) => Promise<AnswerInOrder | null>;

async function followUpParticipant(
  participant: PlannedParticipant,
  context: FollowUpContext,
  run: Run,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const { probe, settings: configured } of probesOf(participant, context.world)) {
    const settings = asPatient(configured, participant.name, probe, context.observations);
    const subject = subjectOf(participant, probe, context, isInHeader(settings), (token, headers) => {
      const placed = headers === undefined ? settings : placedIn(settings, headers);
      return run(() => present(placed, token, context.world));
    });
    if (subject === null) continue;
    const found = await followUpProbe(subject);
    trials.push(...found);
    // What locked us out on one probe does so on the next, and would only do it for longer.
    if (found.some(isProof) || isLockOut(subject, found)) break;
  }
  return trials;
}

/** A socket that decided only in a longer wait gets that wait in the follow-up, too: open until then is no answer. */
function asPatient(
  settings: ProbeSettings,
  participant: string,
  probe: string,
  { trials }: Observations,
): ProbeSettings {
  if (settings.kind !== 'websocket') return settings;
  const longer = trials.flatMap(({ facts: { settleMs }, ...t }) =>
    t.participant === participant && t.probe === probe && typeof settleMs === 'number' ? [settleMs] : [],
  );
  return { ...settings, settle: Math.max(settings.settle, ...longer) };
}

function isLockOut({ participant, probe, attempts }: Subject, trials: readonly Trial[]): boolean {
  return trials.some(saysLockedOut) || changedMeanwhile({ attempts, trials }, participant, probe) !== null;
}

/** What was accepted although it was refused before, changed or not. */
const isProof = ({ result }: Trial): boolean => result === 'accepted';

function subjectOf(
  participant: PlannedParticipant,
  probe: string,
  { plan, observations, comparison, held, candidates, world }: FollowUpContext,
  inHeader: boolean,
  present: Subject['present'],
): Subject | null {
  const { name } = participant;
  const attempts = observations.attempts.filter((a) => a.participant === name && a.probe === probe);
  const here = (list: readonly Attempt[] | undefined) => (list ?? []).filter((a) => a.probe === probe);
  const refusals = here(questioned(comparison.tokens, name));
  const accepted = here(comparison.tokens.accepted.get(name));
  const refusal = refusals.find((a) => held.has(a.minter ?? '')) ?? refusals[0];
  if (refusal === undefined) return null;
  // Who takes bad tokens proves nothing by taking another one; and whose key in use is known needs no search.
  const badOnes = attempts.some((a) => a.token !== 'genuine' && a.result === 'accepted');
  if (badOnes || here(comparison.tokens.takenFromOthers.get(name)).length > 0) return null;
  // The same kind of token of somebody else who is right was accepted: what is refused is that signer's.
  if (accepted.some((a) => a.tokenType === refusal.tokenType)) return null;
  const secret = held.get(refusal.minter ?? '')?.secret ?? null;
  const isInBody = refusal.reason === 'rejected-in-body';
  return {
    participant: name,
    probe,
    refusal,
    attempts,
    looked: observations.trials
      .filter(
        (t) =>
          t.participant === name &&
          t.probe === probe &&
          t.vary === 'nothing' &&
          t.facts.settleMs === undefined,
      )
      .map((t) => (isInBody ? readBody(t, refusal) : t)),
    refused: refusedOf(plan, refusal, secret),
    showsRight: observations.participants.some((p) => p.name === name && p.reading !== null),
    typesOnly: accepted.length > 0,
    clockOffsetMs: medianOffset(attempts),
    candidates: candidates.filter(({ of }) => of === null || comparison.agrees.get(of) === true),
    presented: attempts.flatMap((a) =>
      a.token === 'genuine' && a.result !== 'inconclusive' ? (held.get(a.minter ?? '')?.secret ?? []) : [],
    ),
    fingerprintLength: world.fingerprintLength,
    inHeader,
    maxAttempts: plan.followUp.maxAttempts,
    now: world.now,
    async present(token, headers) {
      const answer = await present(token, headers);
      return answer !== null && isInBody ? readBody(answer, refusal) : answer;
    },
  };
}

const refusedOf = (plan: Plan, refusal: Attempt, key: Secret | null): Refused => ({
  key,
  settings: plan.token,
  type: refusal.tokenType ?? 'access',
});

/** Of the answers that told the time. */
function medianOffset(attempts: readonly Attempt[]): number | null {
  const told = attempts.flatMap((a) => a.clockOffsetMs ?? []).sort((a, b) => a - b);
  return told[Math.floor(told.length / 2)] ?? null;
}
