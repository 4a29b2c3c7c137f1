import type { RetiredKey } from '../model.js';
import { fingerprintOf } from '../secret/fingerprint.js';
import { sign } from '../secret/proof.js';
import type { Secret } from '../secret/secret.js';
import type { ObserveContext } from './context.js';
import type { Plan } from './plan.js';
import { readerOf } from './sources/reader.js';
import type { SecretReading } from './sources/source.js';
import { backdatedToken, mintToken, type TokenOptions } from './tokens/mint.js';

/** Any text: its signatures show whether two keys are the same. */
const comparedText = 'jwtcheck';

/** An earlier key of the reference, to sign tokens that must be rejected. */
export interface RetiredSigner {
  readonly key: Secret;
  readonly version: string;
  /** `null` if unknown. */
  readonly replacedAt: Date | null;
}

/** The key of the control `retired`, and what the judge learns of it. */
export interface RetiredKeyRead {
  /** `null` if no earlier key could be read. */
  readonly signer: RetiredSigner | null;
  readonly observed: RetiredKey;
}

/**
 * Reads the key of the control `retired`. `null` if it is not asked for, if no probe would receive its tokens, or if
 * the reference itself could not be read, so that it is unknown which key is in use.
 * @param stillAccepted other keys that services accept on purpose, because a rotation is open
 */
export async function readRetiredKey(
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  stillAccepted: readonly Secret[],
  context: ObserveContext,
): Promise<RetiredKeyRead | null> {
  const reference = plan.participants.find(({ name }) => name === plan.reference);
  const source = reference?.settings.source;
  const reader = source === undefined ? undefined : readerOf(source);
  const current = held.get(reference?.name ?? '');
  const isPresented = plan.participants.some(({ settings }) => (settings.probes ?? []).length > 0);
  if (!plan.controls.includes('retired') || !isPresented) return null;
  if (source === undefined || reader?.earlierVersion === undefined || current?.version == null) return null;

  const { algorithm } = plan.token;
  // Compared as HMAC keys: other bytes can be the same key (RFC 2104 §2).
  const inUse = [current.secret, ...(plan.retiredVersion === null ? stillAccepted : [])].map((secret) =>
    sign(secret, algorithm, comparedText),
  );
  const { found, error } = await reader.earlierVersion(
    source,
    {
      current: current.version,
      version: plan.retiredVersion,
      isCurrentKey: (secret) => {
        const signature = sign(secret, algorithm, comparedText);
        return inUse.some((one) => one.equals(signature));
      },
    },
    context,
  );
  if (found === null)
    return { signer: null, observed: { version: null, fingerprint: null, replacedAt: null, error } };
  const { secret: key, version, replacedAt } = found;
  return {
    signer: { key, version, replacedAt: replacedAt === null ? null : new Date(replacedAt) },
    observed: { version, fingerprint: fingerprintOf(key, context.fingerprintLength), replacedAt, error },
  };
}

/** Mints a token of an earlier key. */
export function retiredToken(
  { key, replacedAt }: RetiredSigner,
  isBackdated: boolean,
  token: Omit<TokenOptions, 'backdatedTo'>,
): Promise<Secret> {
  return isBackdated ? backdatedToken({ ...token, key, replacedAt }) : mintToken({ ...token, key });
}
