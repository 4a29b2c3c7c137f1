import { randomBytes, randomUUID } from 'node:crypto';
import type { Algorithm, Control, JsonValue, StandardControl } from '../../model.js';
import { parseTemplate, type TemplatePiece } from '../../schema/token-template.js';
import { sign } from '../../secret/proof.js';
import { Secret } from '../../secret/secret.js';
import type { TokenSettings } from './settings.js';

/** Content of a probe token. */
export interface TokenOptions {
  readonly settings: TokenSettings;
  /** A key of `settings.types`; an unknown one adds no claims. */
  readonly type: string;
  /** Time of issue. */
  readonly now: Date;
  /** An earlier `iat`; `exp` stays `ttl` after `now`. */
  readonly backdatedTo?: Date;
  /** Overrides the configured algorithm. */
  readonly algorithm?: Algorithm;
  /** Overrides the configured claims; `null` removes a claim. `jti`, `iat` and `exp` cannot be overridden. */
  readonly claims?: Readonly<Record<string, JsonValue>>;
  /** Overrides the configured header; `null` removes a field. `alg` cannot be overridden. */
  readonly header?: Readonly<Record<string, JsonValue>>;
}

export interface MintOptions extends TokenOptions {
  readonly key: Secret;
  /** `expired`: issued an hour ago. */
  readonly variant?: 'genuine' | 'expired';
}

/** Size of the hash in bytes, which is the minimum key length (RFC 7518 §3.2). */
export const hashBytes = { HS256: 32, HS384: 48, HS512: 64 } as const satisfies Record<Algorithm, number>;

const hourMs = 3_600_000;

/**
 * Mints a compact JWS (RFC 7515 §7.1) with a fresh `jti`, signed with exactly these bytes. Short keys are allowed,
 * because a wrong secret is often short. Later claims override earlier ones: issuer, audience and subject, `claims`,
 * the claims of the type, the patch. Nothing overrides `jti`, `iat` and `exp`, so that a token never outlives `ttl`.
 */
export async function mintToken(options: MintOptions): Promise<Secret> {
  const alg = options.algorithm ?? options.settings.algorithm;
  const input = signingInput(
    { ...headerOf(options), alg },
    payloadOf(options, options.variant === 'expired'),
  );
  return new Secret(`${input}.${sign(options.key, alg, input).toString('base64url')}`);
}

/** Keys of forged tokens, by size: random, different in every process, and held by no service. */
const forgers = new Map<number, Secret>();

/** Mints a token with a random key. */
export function forgedToken(options: TokenOptions): Promise<Secret> {
  const size = hashBytes[options.algorithm ?? options.settings.algorithm];
  const key = forgers.get(size) ?? new Secret(randomBytes(size));
  forgers.set(size, key);
  return mintToken({ ...options, key });
}

/** Backdated tokens were issued this long before their key was replaced; milliseconds. */
const backdating = 60_000;

/** The age of backdated tokens of a key if it is unknown when it was replaced, in milliseconds. */
const backdatingOfUnknown = 365 * 24 * hourMs;

/**
 * Mints a token that says that it was issued before its key was replaced, and that is valid now: a verifier that
 * chooses the key by `iat` accepts it.
 * @param replacedAt `null` if unknown
 */
export function backdatedToken(
  options: Omit<TokenOptions, 'backdatedTo'> & { readonly key: Secret; readonly replacedAt: Date | null },
): Promise<Secret> {
  const { replacedAt, ...token } = options;
  const issuedAt =
    replacedAt === null ? token.now.getTime() - backdatingOfUnknown : replacedAt.getTime() - backdating;
  return mintToken({ ...token, backdatedTo: new Date(issuedAt) });
}

/** Mints a token with algorithm `none` and no signature (RFC 7518 §3.6). */
export function unsignedToken(options: TokenOptions): Secret {
  return new Secret(`${signingInput({ ...headerOf(options), alg: 'none' }, payloadOf(options, false))}.`);
}

/** The signing input (RFC 7515 §5.1). */
function signingInput(header: Record<string, JsonValue>, payload: Record<string, JsonValue>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}`;
}

/**
 * Changes one character in the middle of the signature. The last character is not suitable: its lowest bits are
 * padding, so that another character can encode the same bytes.
 */
export function tamperedToken(genuine: Secret): Secret {
  const text = genuine.reveal().toString('latin1');
  const start = text.lastIndexOf('.') + 1;
  const middle = start + Math.floor((text.length - start) / 2);
  const other = text[middle] === 'A' ? 'B' : 'A';
  return new Secret(text.slice(0, middle) + other + text.slice(middle + 1));
}

/** Whether this control needs the right key. */
export function needsKey(control: Control): control is 'expired' | 'tampered' {
  return control === 'expired' || control === 'tampered';
}

/** Makes a token that must be rejected; `null` is no token. */
export async function controlToken(
  control: StandardControl,
  options: TokenOptions & { readonly key: Secret | null },
): Promise<Secret | null> {
  const { key, ...token } = options;
  if (control === 'missing') return null;
  if (control === 'forged') return forgedToken(token);
  if (control === 'unsigned') return unsignedToken(token);
  if (key === null) throw new TypeError(`the control ${control} needs a key`);
  if (control === 'expired') return mintToken({ ...token, key, variant: 'expired' });
  return tamperedToken(await mintToken({ ...token, key }));
}

/** Fills the template with the token; without a token, the placeholders become empty. */
export function fillToken(
  template: string,
  token: Secret | null,
  inPlace: (encoded: string) => string = (encoded) => encoded,
): string {
  if (!template.includes('{{')) return template;
  const parsed = parseTemplate(template);
  if ('problem' in parsed) return template;
  const bytes = token?.reveal() ?? Buffer.alloc(0);
  const fill = (pieces: readonly TemplatePiece[]): string =>
    pieces
      .map((piece) => {
        if (piece.is === 'text') return piece.text;
        if (piece.is === 'token') return bytes.toString(piece.encoding ?? 'utf8');
        return Buffer.from(fill(piece.inner)).toString(piece.encoding);
      })
      .join('');
  return parsed.pieces
    .map((piece) => (piece.is === 'encoded' ? inPlace(fill([piece])) : fill([piece])))
    .join('');
}

/** `typ` and the configured fields. */
function headerOf({ settings, header }: TokenOptions): Record<string, JsonValue> {
  const fields = Object.entries({ typ: 'JWT', ...settings.header, ...header });
  return Object.fromEntries(fields.filter(([name, value]) => value !== null && name !== 'alg'));
}

function payloadOf(options: TokenOptions, expired: boolean): Record<string, JsonValue> {
  const { settings, type, now, backdatedTo } = options;
  const claims: Record<string, JsonValue> = {
    ...(settings.issuer === undefined ? {} : { iss: settings.issuer }),
    ...(settings.audience === undefined ? {} : { aud: settings.audience }),
    sub: settings.subject,
    ...settings.claims,
    ...settings.types[type],
    ...options.claims,
  };
  for (const [name, value] of Object.entries(options.claims ?? {})) {
    if (value === null) delete claims[name];
  }
  const issued = Math.floor((now.getTime() - (expired ? hourMs : 0)) / 1000);
  const exp = issued + Math.max(1, Math.ceil(settings.ttl / 1000));
  const iat = backdatedTo === undefined ? issued : Math.floor(backdatedTo.getTime() / 1000);
  return { ...claims, jti: randomUUID(), iat, exp };
}
