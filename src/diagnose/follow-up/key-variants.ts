import type { CandidateCode } from '../../finding-codes.js';
import { algorithms } from '../../model.js';
import { type CandidateSecret, fingerprintOfCandidate } from '../../observe/candidate.js';
import { derive, fullFingerprintOf } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import type { Base, FollowUpVariant, RejectedAttempt } from './variant.js';

/** The other HMAC algorithms, with the same key. */
export function otherAlgorithms(base: Base): FollowUpVariant[] {
  const { algorithm: own } = base.settings;
  return algorithms
    .filter((algorithm) => algorithm !== own)
    .map((algorithm) => ({
      ...base,
      changed: { what: 'algorithm', algorithm },
      text: algorithm,
      form: null,
      algorithm,
    }));
}

const encodings = [
  ['hex', /^(?:0x)?(?:[0-9a-f]{2})+$/i],
  ['base64', /^[A-Za-z0-9+/]+={0,2}$/],
  ['base64url', /^[\w-]+={0,2}$/],
] as const;

/** The text of the key decoded as hex, base64 or base64url. Equal bytes appear once. */
export function decodedKeys(base: Base): FollowUpVariant[] {
  const seen: Secret[] = [base.key];
  return derive(base.key, decodings, ({ encoding }, key) => ({ encoding, key })).flatMap(
    ({ encoding, key }): FollowUpVariant[] => {
      if (seen.some((other) => other.equals(key))) return [];
      seen.push(key);
      return [{ ...base, key, changed: { what: 'key-encoding', encoding }, text: encoding, form: null }];
    },
  );
}

function decodings(bytes: Buffer): { readonly encoding: string; readonly bytes: Buffer }[] {
  const text = bytes.toString('latin1');
  const digits = text.replace(/=+$/, '').length;
  return encodings
    .filter(([encoding, shape]) => shape.test(text) && (encoding === 'hex' || digits % 4 !== 1))
    .map(([encoding]) => ({
      encoding,
      bytes: Buffer.from(encoding === 'hex' ? text.replace(/^0x/i, '') : text, encoding),
    }));
}

/** Codes of keys that are most often in use instead of the right one, the most frequent first. */
const likeliest: readonly CandidateCode[] = [
  'hardcoded-fallback',
  'stale-secret-version',
  'trailing-newline',
  'sibling-secret',
  'ahead-of-reference',
  'base64-decoded',
  'quotes-kept',
  'secret-name-as-value',
  'surrounding-whitespace',
  'truncated-at-dollar',
  'base64-not-decoded',
  'hex-decoded',
  'unresolved-placeholder',
  'empty-secret',
  'non-value',
  'crlf-line-ending',
];

/**
 * Codes of keys that are right in another environment. A token signed with such a key would be valid there, so none
 * is signed.
 */
const neverSigning: ReadonlySet<CandidateCode> = new Set(['wrong-environment']);

/** Codes of keys that may be right elsewhere. Their tokens have the shortest possible lifetime. */
const foreign: ReadonlySet<CandidateCode> = new Set(['sibling-secret']);
/** Milliseconds. */
const foreignLife = 15_000;

/** Rank difference between two candidates of the same code. */
const behind = 3;

/**
 * Other keys, each once, the likeliest first. The first candidate of every code precedes second candidates, so that a
 * few attempts cover many causes. Keys of other environments are omitted, even if the same bytes have another
 * explanation.
 */
export function otherKeys(
  base: RejectedAttempt,
  candidates: readonly CandidateSecret[],
  length: number,
  apart: readonly Secret[],
): FollowUpVariant[] {
  const forbidden = candidates.filter((one) => neverSigning.has(one.code)).map((one) => one.secret);
  const seen = new Set(
    [...forbidden, ...apart, ...(base.key === null ? [] : [base.key])].map(fullFingerprintOf),
  );
  const counts = new Map<string, number>();
  const scored = candidates.map((candidate) => {
    const before = counts.get(candidate.code) ?? 0;
    counts.set(candidate.code, before + 1);
    const rank = likeliest.indexOf(candidate.code);
    return { candidate, score: (rank === -1 ? likeliest.length : rank) + before * behind };
  });
  // Several codes can explain the same bytes: the likeliest code is kept.
  return scored
    .sort((a, b) => a.score - b.score)
    .filter(({ candidate }) => {
      const id = fullFingerprintOf(candidate.secret);
      return !seen.has(id) && seen.add(id);
    })
    .map(({ candidate }) => {
      const form = fingerprintOfCandidate(candidate, length);
      const text = form.of === null ? form.text : `${form.of} ${form.text}`;
      const { type } = base;
      const settings = foreign.has(form.code)
        ? { ...base.settings, ttl: Math.min(base.settings.ttl, foreignLife) }
        : base.settings;
      return { settings, type, key: candidate.secret, changed: { what: 'key' }, text, form };
    });
}
