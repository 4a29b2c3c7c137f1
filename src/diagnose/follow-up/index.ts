import type { ProbeSettings } from '../../config/schema.js';
import { changedMeanwhile } from '../../judge/changed-meanwhile.js';
import type { Comparison } from '../../judge/compare.js';
import { type Answer, sameAnswer, sameStructure } from '../../judge/compare-answers.js';
import { unchangedOf } from '../../judge/follow-ups.js';
import { saysLockedOut } from '../../judge/lock-out.js';
import { saysAccepted, saysRejected } from '../../judge/second-look/distinguishes-forged.js';
import { questioned } from '../../judge/tokens.js';
import type { Attempt, FollowUpResult, Observations } from '../../model.js';
import { probesOf } from '../../observe/attempts.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { Plan, PlannedParticipant, Progress } from '../../observe/plan.js';
import { present } from '../../observe/probes/presenter.js';
import type { ProbeResult } from '../../observe/probes/probe.js';
import type { SecretReading } from '../../observe/sources/source.js';
import { TaskPool } from '../../observe/task-pool.js';
import type { Secret } from '../../secret/secret.js';
import { counterAfter } from '../second-look.js';
import type { AnswerInOrder, Subject } from './asked.js';
import { followUpProbe } from './follow-up-probe.js';
import { isInHeader, placedIn } from './placement.js';
import type { RejectedAttempt } from './variant.js';

/** Input of the follow-up. */
export interface FollowUpContext {
  readonly plan: Plan;
  readonly observations: Observations;
  readonly comparison: Comparison;
  /** The secrets that were read, by participant. */
  readonly held: ReadonlyMap<string, SecretReading>;
  /** Other keys that may be in use. Those of the right secret and those without an owner are tried. */
  readonly candidates: readonly CandidateSecret[];
  readonly context: ObserveContext;
  readonly progress: Progress;
}

/**
 * Presents variants of a valid token that was rejected without a known cause, each with one change. Participants are
 * asked concurrently; the probes of one participant one at a time, until the cause is found.
 */
export async function followUp(from: FollowUpContext): Promise<FollowUpResult[]> {
  const { plan, comparison, context, progress } = from;
  if (!plan.followUp.enabled || plan.followUp.maxAttempts === 0) return [];
  const pool = new TaskPool(plan.concurrency);
  const next = counterAfter(from.observations);
  const explained = new Set([...comparison.differing, ...comparison.split]);
  const concerned = plan.participants.filter(
    ({ name }) => questioned(comparison.tokens, name).length > 0 && !explained.has(name),
  );
  let done = 0;
  const followUps = await Promise.all(
    concerned.map(async (participant) => {
      const found = await followUpParticipant(participant, from, (present) =>
        pool.run(async () => {
          if (context.signal.aborted) return null;
          const sequence = next();
          return { ...(await present()), sequence };
        }),
      );
      done += 1;
      progress(done, concerned.length, `${participant.name}: looking closer`);
      return found;
    }),
  );
  return followUps.flat();
}

type Run = (present: () => Promise<ProbeResult>) => Promise<AnswerInOrder | null>;

async function followUpParticipant(
  participant: PlannedParticipant,
  context: FollowUpContext,
  run: Run,
): Promise<FollowUpResult[]> {
  const followUps: FollowUpResult[] = [];
  for (const { probe, settings: configured } of probesOf(participant, context.context)) {
    const settings = asPatient(configured, participant.name, probe, context.observations);
    const subject = subjectOf(participant, probe, context, isInHeader(settings), (token, headers) => {
      const placed = headers === undefined ? settings : placedIn(settings, headers);
      return run(() => present(placed, token, context.context));
    });
    if (subject === null) continue;
    const found = await followUpProbe(subject);
    followUps.push(...found);
    // A lock-out on one probe affects the next one as well, and more attempts would prolong it.
    if (found.some(isProof) || isLockOut(subject, found)) break;
  }
  return followUps;
}

/** A socket that decided only after a longer wait gets the same wait here: an open socket is no answer before that. */
function asPatient(
  settings: ProbeSettings,
  participant: string,
  probe: string,
  { followUps }: Observations,
): ProbeSettings {
  if (!('settle' in settings)) return settings;
  const longer = followUps.flatMap((t) =>
    t.participant === participant && t.probe === probe ? (unchangedOf(t)?.settleMs ?? []) : [],
  );
  return { ...settings, settle: Math.max(settings.settle, ...longer) };
}

function isLockOut({ participant, probe, attempts }: Subject, followUps: readonly FollowUpResult[]): boolean {
  return (
    followUps.some(saysLockedOut) || changedMeanwhile({ attempts, followUps }, participant, probe) !== null
  );
}

/** An accepted token, changed or unchanged, that was rejected before. */
const isProof = ({ result }: FollowUpResult): boolean => result === 'accepted';

function subjectOf(
  participant: PlannedParticipant,
  probe: string,
  { plan, observations, comparison, held, candidates, context }: FollowUpContext,
  inHeader: boolean,
  present: Subject['present'],
): Subject | null {
  const { name } = participant;
  const attempts = observations.attempts.filter((a) => a.participant === name && a.probe === probe);
  const here = (list: readonly Attempt[] | undefined) => (list ?? []).filter((a) => a.probe === probe);
  const rejections = here(questioned(comparison.tokens, name));
  const accepted = here(comparison.tokens.accepted.get(name));
  const rejection = rejections.find((a) => held.has(a.minter ?? '')) ?? rejections[0];
  if (rejection === undefined) return null;
  // A service that accepts invalid tokens proves nothing by accepting another one. A service whose key is known needs
  // no search.
  const acceptsInvalid = attempts.some((a) => a.token !== 'genuine' && a.result === 'accepted');
  if (acceptsInvalid || here(comparison.tokens.takenFromOthers.get(name)).length > 0) return null;
  // The same type of token of another trusted signer was accepted: only this signer's tokens are rejected.
  if (accepted.some((a) => a.tokenType === rejection.tokenType)) return null;
  const secret = held.get(rejection.minter ?? '')?.secret ?? null;
  const isInBody = rejection.reason === 'rejected-in-body';
  return {
    participant: name,
    probe,
    rejection,
    attempts,
    looked: observations.followUps
      .filter(
        (t) =>
          t.participant === name &&
          t.probe === probe &&
          t.changed.what === 'nothing' &&
          t.changed.settleMs === undefined,
      )
      .map((t) => (isInBody ? readBody(t, rejection) : t)),
    rejected: rejectedOf(plan, rejection, secret),
    showsRight: observations.participants.some((p) => p.name === name && p.reading !== null),
    typesOnly: accepted.length > 0,
    clockOffsetMs: medianOffset(attempts),
    candidates: candidates.filter(({ of }) => of === null || comparison.agrees.get(of) === true),
    presented: attempts.flatMap((a) =>
      a.token === 'genuine' && a.result !== 'inconclusive' ? (held.get(a.minter ?? '')?.secret ?? []) : [],
    ),
    fingerprintLength: context.fingerprintLength,
    inHeader,
    maxAttempts: plan.followUp.maxAttempts,
    now: context.now,
    async present(token, headers) {
      const answer = await present(token, headers);
      return answer !== null && isInBody ? readBody(answer, rejection) : answer;
    },
  };
}

const rejectedOf = (plan: Plan, rejection: Attempt, key: Secret | null): RejectedAttempt => ({
  key,
  settings: plan.token,
  type: rejection.tokenType ?? 'access',
});

/** The median of the measured clock offsets. */
function medianOffset(attempts: readonly Attempt[]): number | null {
  const offsets = attempts.flatMap((a) => a.clockOffsetMs ?? []).sort((a, b) => a - b);
  return offsets[Math.floor(offsets.length / 2)] ?? null;
}

/**
 * Reads the answers of a service that always answers with a success status and reports in the body whether it accepts
 * the token, such as `{ "valid": false }`. A body that equals the known rejection, or reads like one, is a rejection.
 * A body of another structure without a complaint is an acceptance. Any other body is inconclusive.
 * @param rejection the common answer to the valid token, a forged token and no token
 */
function readBody<A extends Answer>(answer: A, rejection: Answer): A {
  const { result, said } = answer;
  if (result !== 'accepted' || said === undefined || rejection.said === undefined) return answer;
  if (sameAnswer(answer, rejection) || saysRejected(said)) return { ...answer, result: 'rejected' };
  const isOther = !sameStructure(said, rejection.said);
  return isOther && saysAccepted(said) ? answer : { ...answer, result: 'inconclusive' };
}
