import type { Group, RejectionWindow, TallyResult } from '../../../demo/rotation/tally.js';
import type { ExitCode, JsonValue } from '../../../model.js';

/** A state of the rotation, and when it was entered. */
export interface Moment {
  readonly state: string;
  /** Milliseconds since the start. */
  readonly atMs: number;
}

/** The window that `jwtcheck rotate start --cutover` measured with its own tokens. */
export interface MeasuredWindow {
  readonly presented: number;
  readonly rejected: number;
  /** Milliseconds; `null`: no valid token was rejected. */
  readonly durationMs: number | null;
}

/** What a demonstration of a rotation led to. */
export interface RotationOutcome {
  readonly isCutover: boolean;
  /** Of the last command of the rotation. */
  readonly code: ExitCode;
  /** Why that did not end with 0; `null` if it did. */
  readonly problem: string | null;
  readonly measured: MeasuredWindow | null;
  readonly tally: TallyResult;
  readonly elapsedMs: number;
  readonly moments: readonly Moment[];
}

/**
 * 0 only if the rotation was completed, and every valid token was answered and none rejected, among them tokens of the old
 * key after services began to sign with the new one. A cutover rejects some; it has to be completed.
 */
export function exitCodeOf({ isCutover, code, tally }: RotationOutcome): ExitCode {
  if (isCutover) return code;
  if (tally.rejected > 0) return 1;
  if (code !== 0) return code;
  const isCrossed = tally.byState.some(({ name, version }) => name === 'promoted' && version === '1');
  return tally.unanswered === 0 && isCrossed ? 0 : 3;
}

/** Tokens presented in a second. */
export const rateOf = ({ tally, elapsedMs }: Pick<RotationOutcome, 'tally' | 'elapsedMs'>): number =>
  elapsedMs === 0 ? 0 : Math.round((tally.presented * 1000) / elapsedMs);

/** The outcome as one JSON document. Later versions only add. */
export function outcomeDocument(outcome: RotationOutcome): JsonValue {
  const { isCutover, tally, elapsedMs, moments, measured, problem } = outcome;
  return {
    schemaVersion: 1,
    mode: isCutover ? 'cutover' : 'overlap',
    exitCode: exitCodeOf(outcome),
    problem,
    durationMs: Math.round(elapsedMs),
    perSecond: rateOf(outcome),
    presented: tally.presented,
    rejected: tally.rejected,
    unanswered: tally.unanswered,
    window: windowOf(tally.window),
    byTransport: groups(tally.byTransport),
    byIssuer: groups(tally.byIssuer),
    byService: groups(tally.byService),
    byState: tally.byState.map(({ name, version, ...counts }) => ({ state: name, version, ...counts })),
    byVersion: tally.byVersion.map(({ name, window, ...counts }) => ({
      version: name,
      ...counts,
      window: windowOf(window),
    })),
    states: moments.map(({ state, atMs }) => ({ state, atMs: Math.round(atMs) })),
    measured: measured === null ? null : { ...measured },
  };
}

const groups = (all: readonly Group[]): JsonValue =>
  Object.fromEntries(all.map(({ name, ...counts }) => [name, counts]));

const windowOf = (window: RejectionWindow | null): JsonValue =>
  window === null
    ? null
    : { from: new Date(window.from).toISOString(), until: new Date(window.until).toISOString() };
