import type * as z from 'zod';
import type { Declared } from '../../config/declared.js';
import type { AttemptResult, ReadErrorCode, Said } from '../../model.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';

/** What came of one token presented to one probe. */
export interface ProbeResult {
  readonly result: AttemptResult;
  readonly status: number | null;
  readonly closeCode: number | null;
  /** What was seen, in a few words, for a person; a service's words in it are raw. */
  readonly detail: string;
  readonly reason: ReadErrorCode | 'misconfigured' | null;
  /** Milliseconds by which the clock of whoever answered is ahead of ours, where the answer tells. */
  readonly clockOffsetMs?: number | undefined;
  /** What came back, for comparing; left out where nothing did. */
  readonly said?: Said | undefined;
}

/** A way to present a token: one file that exports one of these, one line in `index.ts`. */
export interface Probe<S extends z.ZodType<{ kind: string }>> {
  readonly schema: S;
  /** Where the safe assumptions about its settings are wrong. */
  readonly declared?: Declared;
  /** Where the token goes, fit to be shown. */
  target(probe: z.output<S>, context: Pick<ObserveContext, 'label'>): string;
  /** Presents the token, or none (`null`: the `missing` control). Whatever fails comes back as `inconclusive`. */
  attempt(probe: z.output<S>, token: Secret | null, context: ObserveContext): Promise<ProbeResult>;
}
