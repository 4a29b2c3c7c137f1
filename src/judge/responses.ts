import type { Attempt, Observations } from '../model.js';
import { type Answer, sameAnswer, sameLayer } from './compare-answers.js';
import { tokenOf } from './follow-ups.js';
import { saysLockedOut } from './lock-out.js';
import { probeKey } from './participants.js';
import { mentionsSignature, topicsOf } from './topics.js';

/** Too many requests, and answers of a gateway instead of the service (RFC 6585 §4, RFC 9110 §15.6). */
const notItsOwn: readonly number[] = [429, 502, 503, 504];

/** Close codes that a service did not choose to send, or that are about load (IANA WebSocket Close Code registry). */
const notItsOwnClose: readonly number[] = [1001, 1006, 1012, 1013, 1014, 1015];

/** Whether it is a service's own answer to the token, and so can be compared with another one: an error such as 500 can
 * be, a lock-out cannot. */
export function answered(answer: Answer): boolean {
  const { status, closeCode, result } = answer;
  if (status === null || notItsOwn.includes(status) || saysLockedOut(answer)) return false;
  const isOwnClose = closeCode !== null && !notItsOwnClose.includes(closeCode);
  return result !== 'inconclusive' || status >= 400 || isOwnClose;
}

/** Failures on the way to the service. */
const ofTheWay: ReadonlySet<Attempt['reason']> = new Set<Attempt['reason']>([
  'timeout',
  'dns',
  'connection',
  'tls',
]);

/** The answers of a proxy for a service that is unreachable (RFC 9110 §15.6.3 to §15.6.5). */
const instead: readonly number[] = [502, 503, 504];

/** Whether the service was unreachable, as opposed to an inconclusive answer. */
export function isUnreachable({ reason, status }: Pick<Attempt, 'reason' | 'status'>): boolean {
  return ofTheWay.has(reason) || (status !== null && instead.includes(status));
}

/** The answers of one probe to the tokens that serve for comparison. */
export interface Baseline {
  readonly forged: readonly Answer[];
  readonly missing: readonly Answer[];
  /** The rejected token, minted and presented again. */
  readonly again: readonly Answer[];
}

/** The answers for comparison, from the first round and the follow-up. */
export function baselineOf(
  observations: Pick<Observations, 'attempts' | 'followUps'>,
  participant: string,
  probe: string,
): Baseline {
  const here = (a: { participant: string; probe: string }) =>
    a.participant === participant && a.probe === probe;
  const attempts = controlsOf(observations.attempts).get(probeKey({ participant, probe })) ?? [];
  const followUps = observations.followUps.filter((t) => here(t) && t.changed.what === 'nothing');
  const control = (name: 'forged' | 'missing'): Answer[] => [
    ...attempts.filter((a) => a.token === name),
    ...followUps.filter((t) => tokenOf(t) === name),
  ];
  return {
    forged: control('forged'),
    missing: control('missing'),
    again: followUps.filter((t) => tokenOf(t) === 'genuine'),
  };
}

/** There may be ten thousand probes, and every rejection needs this. */
const controlsByProbe = new WeakMap<readonly Attempt[], ReadonlyMap<string, readonly Attempt[]>>();

function controlsOf(attempts: readonly Attempt[]): ReadonlyMap<string, readonly Attempt[]> {
  const known = controlsByProbe.get(attempts);
  if (known !== undefined) return known;
  const byProbe = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    if (attempt.token === 'genuine') continue;
    const key = probeKey(attempt);
    const same = byProbe.get(key);
    if (same === undefined) byProbe.set(key, [attempt]);
    else same.push(attempt);
  }
  controlsByProbe.set(attempts, byProbe);
  return byProbe;
}

/**
 * Whether a rejection is about the caller: a valid token, a forged one and no token get the same answer, and its words
 * name the caller.
 */
export function blamesCaller(refused: Answer, { forged, missing }: Baseline): boolean {
  const others = [...forged, ...missing];
  return (
    forged.length > 0 &&
    missing.length > 0 &&
    topicsOf(refused).caller &&
    others.every((other) => sameAnswer(refused, other))
  );
}

/** Whether a service reports a missing token, with the same answer to a valid token, a forged one and none. */
export function isSaidToBeAbsent(
  answer: Answer,
  { forged, missing }: Pick<Baseline, 'forged' | 'missing'>,
): boolean {
  const topics = topicsOf(answer);
  return (
    topics.absence &&
    topics.header.length === 0 &&
    missing.length > 0 &&
    forged.length > 0 &&
    [...forged, ...missing].every((other) => sameAnswer(answer, other))
  );
}

/**
 * The comparison of the answers to a valid token with those to a forged one.
 * - `same`: there is no difference.
 * - `verified`: the same layer answers differently, every time: it verified the signature of the valid token.
 * - `signature`: the answers differ, but the one to the valid token mentions its signature: some layer did not verify
 * it.
 * - `layers`: the answers differ, but different layers gave them.
 * - `unknown`: an answer is missing, or the answers changed during the check.
 */
export type Distinction = 'same' | 'verified' | 'signature' | 'layers' | 'unknown';

/** Compares every answer to a valid token with every answer to a forged one. */
export function distinction(valid: readonly Answer[], forged: readonly Answer[]): Distinction {
  const [first, ...more] = valid;
  const [fake, ...fakes] = forged;
  if (first === undefined || fake === undefined) return 'unknown';
  const stable =
    more.every((other) => sameAnswer(first, other)) && fakes.every((other) => sameAnswer(fake, other));
  if (!stable) return 'unknown';
  if (sameAnswer(first, fake)) return 'same';
  if (![first, fake].every(answered)) return 'unknown';
  if (!sameLayer(first, fake)) return 'layers';
  return mentionsSignature(first) ? 'signature' : 'verified';
}
