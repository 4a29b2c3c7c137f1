import type * as z from 'zod';
import type { Declared } from '../../config/declared.js';
import type { AttemptResult, ReadErrorCode, Said } from '../../model.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';

/** Result of presenting one token to one probe. */
export interface ProbeResult {
  readonly result: AttemptResult;
  readonly status: number | null;
  readonly closeCode: number | null;
  /** A short description for people. Texts of the service in it are not redacted yet. */
  readonly detail: string;
  readonly reason: ReadErrorCode | 'misconfigured' | null;
  /** Milliseconds by which the service's clock is ahead of the local clock, if the answer reveals it. */
  readonly clockOffsetMs?: number | undefined;
  /** The content of the answer for comparisons; absent without an answer. */
  readonly said?: Said | undefined;
}

/** A way to present a token. Each is one file that exports a `Probe`, and one line in `index.ts`. */
export interface Probe<S extends z.ZodType<{ kind: string }>> {
  readonly schema: S;
  /** Exceptions to the safe defaults for its settings. */
  readonly declared?: Declared;
  /** The target of the token, safe to print. */
  target(probe: z.output<S>, context: Pick<ObserveContext, 'label'>): string;
  /** Presents the token, or none (`null`: the `missing` control). Every failure is returned as `inconclusive`. */
  attempt(probe: z.output<S>, token: Secret | null, context: ObserveContext): Promise<ProbeResult>;
}

/**
 * Milliseconds by which the service's clock is ahead of the local clock, from the `Date` of its answer (RFC 9110
 * §6.6.1), which has a resolution of one second. A proxy may have written it, so that it proves nothing on its own.
 */
export function clockOffset(date: string | undefined, now: Date): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirs) ? undefined : theirs + 500 - now.getTime();
}
