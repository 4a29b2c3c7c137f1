import type { TokenSettings } from '../../config/schema.js';
import type { Algorithm, FollowUpResult, JsonValue } from '../../model.js';
import { forgedToken, mintToken } from '../../observe/tokens/mint.js';
import type { Secret } from '../../secret/secret.js';

/** What a token that was refused was made of. */
export interface RejectedAttempt {
  /** What signed it; `null` where a service signed it by itself. */
  readonly key: Secret | null;
  readonly settings: TokenSettings;
  /** A key of `settings.types`. */
  readonly type: string;
  /** Instead of the configured one. */
  readonly algorithm?: Algorithm;
  /** Text of the experiment that these come from, where its signature was verified and it was rejected all the same. */
  readonly keeps?: string;
}

/** What experiments are made from: a refused token whose key is at hand. */
export type Base = RejectedAttempt & { readonly key: Secret };

/** One thing about the refused token changed. */
export interface FollowUpVariant extends Base, Pick<FollowUpResult, 'vary' | 'text' | 'form' | 'facts'> {
  readonly claims?: Readonly<Record<string, JsonValue>>;
  readonly header?: Readonly<Record<string, JsonValue>>;
  /** Milliseconds by which it is dated forward; negative: back. */
  readonly shiftMs?: number;
  /** Whether it carries `nbf`, so that a token that is dated forward lives no longer than others. */
  readonly notBefore?: boolean;
  /** Where it travels, instead of where the probe puts it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Finer ones, which tell more once this one was accepted. */
  readonly finer?: readonly FollowUpVariant[];
}

/** A fresh token for an experiment: signed as it says, or `forged` with a random key but otherwise the same. */
export function mintFor(experiment: FollowUpVariant, now: Date, forged = false): Promise<Secret> {
  const { key, settings, type, algorithm, claims, header, shiftMs = 0, notBefore = false } = experiment;
  const issued = new Date(now.getTime() + shiftMs);
  const nbf = notBefore ? { nbf: Math.floor(issued.getTime() / 1000) } : {};
  const token = {
    settings,
    type,
    now: issued,
    claims: { ...claims, ...nbf },
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(header === undefined ? {} : { header }),
  };
  return forged ? forgedToken(token) : mintToken({ ...token, key });
}

/** The refused token, minted anew and otherwise unchanged. */
export function unchanged(refused: Base): FollowUpVariant {
  return { ...refused, vary: 'nothing', text: 'unchanged', form: null, facts: { token: 'genuine' } };
}
