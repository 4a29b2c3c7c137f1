import type { ExitCode } from '../model.js';
import type { Instant } from '../rotation/key-use.js';

/** Why a command is not carried out. */
export const refusals = {
  'unreadable-record': 3,
  'stale-etag': 3,
  'not-checked': 3,
  'open-rotation': 1,
  'other-rotation': 3,
  'run-in-progress': 3,
  'no-rotation': 2,
  'strangers-version': 1,
  'unreadable-version': 3,
  'disabled-version': 1,
  'aliases-changed': 1,
  'alias-on-retired-version': 1,
  'nothing-to-undo': 2,
  'already-disabled': 1,
  'key-has-leaked': 1,
  'wrong-mode': 2,
} as const satisfies Readonly<Record<string, ExitCode>>;
export type RefusalReason = keyof typeof refusals;

/** A refusal: nothing is written. */
export interface Refusal {
  readonly is: 'refused';
  readonly reason: RefusalReason;
  readonly message: string;
  /** The way on. */
  readonly hint: string;
  /** From when on it is worth another try. */
  readonly until?: Instant | undefined;
}

export const refuse = (reason: RefusalReason, message: string, hint: string, until?: Instant): Refusal => ({
  is: 'refused',
  reason,
  message,
  hint,
  ...(until === undefined ? {} : { until }),
});

/** What the wiring reports when a write is answered with a stale etag. */
export const staleEtag = (): Refusal =>
  refuse(
    'stale-etag',
    'The secret was changed since it was read: another process may be rotating it; nothing was written',
    'See `jwtcheck rotate status`, then run the command again.',
  );
