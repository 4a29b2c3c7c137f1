import type { TokenSettings } from '../../config/schema.js';
import type { Algorithm, FollowUpResult, JsonValue } from '../../model.js';
import { forgedToken, mintToken } from '../../observe/tokens/mint.js';
import type { Secret } from '../../secret/secret.js';

/** The content of a rejected token. */
export interface RejectedAttempt {
  /** The key that signed it; `null` if a service signed it. */
  readonly key: Secret | null;
  readonly settings: TokenSettings;
  /** A key of `settings.types`. */
  readonly type: string;
  /** Overrides the configured algorithm. */
  readonly algorithm?: Algorithm;
  /** Text of the earlier variant whose signature was verified and whose change is kept. */
  readonly keeps?: string;
}

/** The base of variants: a rejected token whose key is known. */
export type Base = RejectedAttempt & { readonly key: Secret };

/** A rejected token with one change. */
export interface FollowUpVariant extends Base, Pick<FollowUpResult, 'changed' | 'text' | 'form'> {
  readonly claims?: Readonly<Record<string, JsonValue>>;
  readonly header?: Readonly<Record<string, JsonValue>>;
  /** Milliseconds by which it is postdated; negative: backdated. */
  readonly shiftMs?: number;
  /** Whether it has `nbf`, so that a postdated token is valid no longer than others. */
  readonly notBefore?: boolean;
  /** Headers that carry it instead of those of the probe. */
  readonly headers?: Readonly<Record<string, string>>;
  /** More precise variants to present after this one was accepted. */
  readonly finer?: readonly FollowUpVariant[];
}

/** Mints a fresh token of a variant. A `forged` token has a random key and is otherwise equal. */
export function mintFor(variant: FollowUpVariant, now: Date, forged = false): Promise<Secret> {
  const { key, settings, type, algorithm, claims, header, shiftMs = 0, notBefore = false } = variant;
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

/** The rejected token with no change, to be minted again. */
export function unchanged(rejected: Base): FollowUpVariant {
  return { ...rejected, changed: { what: 'nothing', token: 'genuine' }, text: 'unchanged', form: null };
}
