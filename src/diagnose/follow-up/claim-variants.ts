import type { JsonValue } from '../../model.js';
import type { Base, FollowUpVariant } from './variant.js';

type Patch = Readonly<Record<string, JsonValue>>;

/** Maximum lifetime of a probe token, in milliseconds. */
const longestLife = 300_000;
const shortLife = 15_000;

/** Issuer and audience with a trailing slash, without one, and omitted. The value itself is never reported. */
export function issuerAndAudience(base: Base): FollowUpVariant[] {
  return [...withOtherSlash(base), ...registered(base).map((claim) => leftOut(base, claim))];
}

const registered = ({ settings: { issuer, audience } }: Base): ('iss' | 'aud')[] => [
  ...(issuer === undefined ? [] : (['iss'] as const)),
  ...(audience === undefined ? [] : (['aud'] as const)),
];

/** Issuer and audience with or without a trailing slash. */
export function withOtherSlash(base: Base): FollowUpVariant[] {
  const { issuer, audience } = base.settings;
  return (['iss', 'aud'] as const).flatMap((claim) => {
    const value = claim === 'iss' ? issuer : audience;
    if (value === undefined) return [];
    const [first] = [value].flat();
    const has = first?.endsWith('/') === true;
    const other = typeof value === 'string' ? slashed(value, !has) : value.map((v) => slashed(v, !has));
    const text = has ? `${claim} without its last slash` : `${claim} with a slash at its end`;
    return [withClaims(base, claim, text, { [claim]: other })];
  });
}

/** Up to this number, claims are omitted one by one; above it, only all together. */
const mostOneByOne = 8;

/** Each claim omitted in turn, configured claims before registered ones. */
export function eachLeftOut(base: Base): FollowUpVariant[] {
  const own = Object.keys({ ...base.settings.claims, ...base.settings.types[base.type] });
  const custom = own.filter((name) => !['iss', 'aud', 'sub'].includes(name));
  return [
    ...registered(base).map((claim) => leftOut(base, claim)),
    ...(custom.length > mostOneByOne ? customClaims(base) : custom.map((claim) => leftOut(base, claim))),
    leftOut(base, 'sub'),
  ];
}

/**
 * These claims, each with a value that no service expects. If a claim is compared with something, its answer changes;
 * if it is already the reason of the rejection, the answer stays the same. Booleans and objects keep their value,
 * because another value could grant other rights.
 */
export function otherValues(base: Base, claims: readonly string[]): FollowUpVariant[] {
  const { settings, type } = base;
  const values: Patch = {
    ...(settings.issuer === undefined ? {} : { iss: settings.issuer }),
    ...(settings.audience === undefined ? {} : { aud: settings.audience }),
    sub: settings.subject,
    ...settings.claims,
    ...settings.types[type],
  };
  return claims.flatMap((claim): FollowUpVariant[] => {
    const value = values[claim];
    if (typeof value !== 'string' && typeof value !== 'number' && claim !== 'aud') return [];
    const other = typeof value === 'number' ? 2_147_400_001 : 'jwtcheck-no-such-value';
    const text = `${claim} with another value`;
    return [
      {
        ...withClaims(base, claim, text, { [claim]: other }),
        changed: { what: 'claim', claim, otherValue: true },
      },
    ];
  });
}

const slashed = (text: string, slash: boolean): string => (slash ? `${text}/` : text.replace(/\/+$/, ''));

/** The claims of other token types. */
export function otherTypes(base: Base): FollowUpVariant[] {
  const { types } = base.settings;
  const own = types[base.type] ?? {};
  const others = Object.entries(types).flatMap(([type, claims]) => {
    if (type === base.type) return [];
    const names = [...new Set([...Object.keys(own), ...Object.keys(claims)])].filter(
      (name) => JSON.stringify(own[name]) !== JSON.stringify(claims[name]),
    );
    if (names.length === 0) return [];
    const changed = {
      what: 'claim',
      claim: names.length === 1 ? (names[0] ?? null) : null,
      claims: names,
    } as const;
    return [{ ...base, changed, text: `claims of token type ${type}`, form: null, type }];
  });
  const names = Object.keys(own);
  return names.length === 0
    ? others
    : [...others, withoutAll(base, names, 'claims of its token type left out', [])];
}

/** The configured claims of every token, without the registered ones. */
export function customClaims(base: Base): FollowUpVariant[] {
  const names = Object.keys(base.settings.claims);
  const [only] = names;
  if (only === undefined) return [];
  if (names.length === 1) return [leftOut(base, only)];
  return [
    withoutAll(
      base,
      names,
      'all custom claims left out',
      names.map((name) => leftOut(base, name)),
    ),
  ];
}

/** A longer and a shorter lifetime, at most five minutes. */
export function lives(base: Base): FollowUpVariant[] {
  const { ttl } = base.settings;
  const live = (ms: number, text: string): FollowUpVariant => ({
    ...withClaims(base, 'exp', text, {}),
    settings: { ...base.settings, ttl: ms },
    changed: { what: 'claim', claim: 'exp', seconds: ms / 1000 },
  });
  return [
    ...(ttl < longestLife ? [live(longestLife, 'a life of 5 minutes')] : []),
    ...(ttl > shortLife ? [live(shortLife, 'a life of 15 seconds')] : []),
  ];
}

/** The subject omitted. */
export const subject = (base: Base): FollowUpVariant[] => [leftOut(base, 'sub')];

const leftOut = (base: Base, claim: string): FollowUpVariant => ({
  ...withClaims(base, claim, `${claim} left out`, { [claim]: null }),
  changed: { what: 'claim', claim, absent: true },
});

function withoutAll(
  base: Base,
  names: readonly string[],
  text: string,
  finer: readonly FollowUpVariant[],
): FollowUpVariant {
  const claims = Object.fromEntries(names.map((name) => [name, null]));
  const claim = names.length === 1 ? (names[0] ?? null) : null;
  return { ...base, changed: { what: 'claim', claim, claims: names }, text, form: null, claims, finer };
}

function withClaims(base: Base, claim: string, text: string, claims: Patch): FollowUpVariant {
  return { ...base, changed: { what: 'claim', claim }, text, form: null, claims };
}

/** Another `typ`, no `typ`, and no `kid` if one is configured (RFC 7515 §4.1, RFC 9068). */
export function otherHeaders(base: Base): FollowUpVariant[] {
  const { kid, typ = 'JWT' } = base.settings.header;
  const types = ['JWT', 'at+jwt', null].filter((value) => value !== typ);
  return [
    ...types.map((value) => changed(base, 'typ', value)),
    ...(kid === undefined ? [] : [changed(base, 'kid', null)]),
  ];
}

function changed(base: Base, field: 'kid' | 'typ', value: string | null): FollowUpVariant {
  const text = value === null ? `${field} left out` : `${field} ${JSON.stringify(value)}`;
  return { ...base, changed: { what: 'header', field, value }, text, form: null, header: { [field]: value } };
}
