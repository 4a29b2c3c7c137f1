import { randomBytes, randomUUID } from 'node:crypto';
import type { Algorithm, Control, JsonValue } from '../../model.js';
import { parseTemplate, type TemplatePiece } from '../../schema/token-template.js';
import { sign } from '../../secret/proof.js';
import { Secret } from '../../secret/secret.js';
import type { TokenSettings } from './settings.js';

/** What every probe token is made of. */
export interface TokenOptions {
  readonly settings: TokenSettings;
  /** A key of `settings.types`; one that is not there adds no claims. */
  readonly type: string;
  /** Moment of issue. */
  readonly now: Date;
  /** What `iat` says, where it is to be earlier; `exp` stays `ttl` after `now`. */
  readonly backdatedTo?: Date;
  /** Instead of the configured one. */
  readonly algorithm?: Algorithm;
  /** Laid over all configured claims; `null` takes a claim out. `jti`, `iat` and `exp` stay as they are. */
  readonly claims?: Readonly<Record<string, JsonValue>>;
  /** Laid over the configured header; `null` takes a field out. `alg` stays as it is. */
  readonly header?: Readonly<Record<string, JsonValue>>;
}

export interface MintOptions extends TokenOptions {
  readonly key: Secret;
  /** `expired`: issued an hour ago. */
  readonly variant?: 'genuine' | 'expired';
}

/** Bytes of the hash, which is the shortest sound key (RFC 7518 §3.2). */
export const hashBytes = { HS256: 32, HS384: 48, HS512: 64 } as const satisfies Record<Algorithm, number>;

const hourMs = 3_600_000;

/**
 * A compact JWS (RFC 7515 §7.1) with a fresh `jti`, signed with exactly these bytes: short keys too, since a secret that
 * drifted is often short. Later wins: issuer, audience and subject, `claims`, the type's claims, the patch; nothing
 * overrides `jti`, `iat` and `exp`, so a token never outlives `ttl`.
 */
export async function mintToken(options: MintOptions): Promise<Secret> {
  const alg = options.algorithm ?? options.settings.algorithm;
  const input = signingInput(
    { ...headerOf(options), alg },
    payloadOf(options, options.variant === 'expired'),
  );
  return new Secret(`${input}.${sign(options.key, alg, input).toString('base64url')}`);
}

/** The keys of forged tokens, by size: random, made anew by every process, and held by nobody else. */
const forgers = new Map<number, Secret>();

/** Signed with a key that nobody else has. */
export function forgedToken(options: TokenOptions): Promise<Secret> {
  const size = hashBytes[options.algorithm ?? options.settings.algorithm];
  const key = forgers.get(size) ?? new Secret(randomBytes(size));
  forgers.set(size, key);
  return mintToken({ ...options, key });
}

/** Algorithm `none` and no signature (RFC 7518 §3.6). */
export function unsignedToken(options: TokenOptions): Secret {
  return new Secret(`${signingInput({ ...headerOf(options), alg: 'none' }, payloadOf(options, false))}.`);
}

/** What is signed (RFC 7515 §5.1). */
function signingInput(header: Record<string, JsonValue>, payload: Record<string, JsonValue>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}`;
}

/**
 * The token with one character changed in the middle of its signature. Not the last: its lowest bits are padding, so
 * another character there may stand for the same bytes.
 */
export function tamperedToken(genuine: Secret): Secret {
  const text = genuine.reveal().toString('latin1');
  const start = text.lastIndexOf('.') + 1;
  const middle = start + Math.floor((text.length - start) / 2);
  const other = text[middle] === 'A' ? 'B' : 'A';
  return new Secret(text.slice(0, middle) + other + text.slice(middle + 1));
}

/** Whether this control is made from the genuine key; the others can be made without one. */
export function needsKey(control: Control): control is 'expired' | 'tampered' {
  return control === 'expired' || control === 'tampered';
}

/** A token that must be rejected; `null` is none at all. */
export async function controlToken(
  control: Control,
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

/** The template with the token in its places, which are empty where there is none. */
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
