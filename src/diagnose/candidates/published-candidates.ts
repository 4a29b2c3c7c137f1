import { setImmediate as nextTurn } from 'node:timers/promises';
import { inDigestList } from '../../data/digest-list.js';
import {
  type PublishedList,
  placeholderPhrases,
  publicSecrets,
  publicSecretTexts,
} from '../../data/public-secrets.js';
import type { CandidateFingerprint, Fingerprint } from '../../model.js';
import { type CandidateSecret, publishedDefaults } from '../../observe/candidate.js';
import type { Verifiable } from '../../observe/tokens/verifiable.js';
import { derive, fingerprintOf, firstDigits, fullFingerprintOf } from '../../secret/fingerprint.js';
import { Secret } from '../../secret/secret.js';

/** The highest acceptable probability of a match by chance in one check. Above it, a match is only probable. */
const mostChance = 1e-4;

const lists: readonly PublishedList[] = [publicSecrets, placeholderPhrases];

/**
 * Known secrets that are in a list of published secrets, with or without surrounding characters. They are compared by
 * more digits than any report shows.
 */
export async function publishedOfHeld(
  secrets: Iterable<Secret>,
  known: readonly CandidateFingerprint[],
  length: number,
): Promise<CandidateFingerprint[]> {
  const found = new Map<Fingerprint, CandidateFingerprint>();
  const byDigest = new Map<string, { fingerprint: Fingerprint; words: string }>();
  for (const secret of secrets) {
    const fingerprint = fingerprintOf(secret, length);
    // The name of the project that published it says more than the list.
    if (known.some((form) => isPublished(form) && form.fingerprint === fingerprint)) continue;
    byDigest.set(fullFingerprintOf(secret), { fingerprint, words: '' });
    for (const { words, secret: bare } of unwrapped(secret))
      byDigest.set(fullFingerprintOf(bare), { fingerprint, words });
  }
  for (const list of lists) {
    for (const digest of await inDigestList(list, [...byDigest.keys()])) {
      const { fingerprint = '', words = '' } = byDigest.get(digest) ?? {};
      if (!found.has(fingerprint)) found.set(fingerprint, publicForm(`${list.name}${words}`, fingerprint));
    }
  }
  return [...found.values()];
}

/**
 * Reported fingerprints of published secrets. A short fingerprint can match one of many secrets by chance; such a
 * match is only probable.
 */
export async function publishedOfShown(
  shown: readonly Fingerprint[],
  known: readonly CandidateFingerprint[],
): Promise<CandidateFingerprint[]> {
  const explained = new Set(known.map((form) => firstDigits(form.fingerprint)));
  const unknown = [...new Set(shown)].filter((fingerprint) => !explained.has(firstDigits(fingerprint)));
  const found = new Map<Fingerprint, CandidateFingerprint>();
  for (const list of lists) {
    const chance = unknown.reduce(
      (sum, { length }) => sum + list.count / 16 ** Math.min(length, list.digits),
      0,
    );
    for (const fingerprint of await inDigestList(list, unknown)) {
      if (!found.has(fingerprint))
        found.set(fingerprint, publicForm(list.name, fingerprint, chance > mostChance));
    }
  }
  return [...found.values()];
}

/** Made once: every check that finds a difference compares them. */
let wrapped: readonly CandidateSecret[] | undefined;

/** Well-known published secrets after one transform that files and tools apply. */
export async function wrappedPublished(): Promise<readonly CandidateSecret[]> {
  const published = await publishedDefaults();
  wrapped ??= published.flatMap((candidate) =>
    derive(
      candidate.secret,
      (bytes) =>
        wrappings.map(({ before, after, words }) => ({
          bytes: Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]),
          words,
        })),
      ({ words }, secret): CandidateSecret => ({ ...candidate, text: `${candidate.text}${words}`, secret }),
    ),
  );
  return wrapped;
}

const wrappings = [
  { before: '', after: '\n', words: ', with "\\n" appended' },
  { before: '', after: '\r\n', words: ', with "\\r\\n" appended' },
  { before: '"', after: '"', words: ', in double quotes' },
  { before: "'", after: "'", words: ', in single quotes' },
] as const;

/** The secret without surrounding quotes and whitespace. */
function unwrapped(secret: Secret): { words: string; secret: Secret }[] {
  return derive(
    secret,
    (bytes) => {
      const text = bytes.toString('latin1');
      return wrappings.flatMap(({ before, after, words }) =>
        text.startsWith(before) && text.endsWith(after) && text.length > before.length + after.length
          ? [{ bytes: bytes.subarray(before.length, bytes.length - after.length), words }]
          : [],
      );
    },
    ({ words }, bare) => ({ words, secret: bare }),
  );
}

const isPublished = (form: CandidateFingerprint): boolean => form.code === 'published-default';

const publicForm = (text: string, fingerprint: Fingerprint, isProbable = false): CandidateFingerprint => ({
  code: 'published-default',
  of: null,
  undone: false,
  text,
  fingerprint,
  facts: isProbable ? { probable: true } : {},
});

/** Number of keys to try before other tasks run. */
const together = 4096;

/**
 * Finds the secret of the public list that signed the token; `null` if none did. It takes a while, so that it
 * is tried last.
 */
export async function publishedSigner(
  token: Verifiable,
  signal: AbortSignal,
): Promise<CandidateSecret | null> {
  const texts = await publicSecretTexts();
  const isSigner = token.publicSignerTest();
  for (let next = 0; next < texts.length && !signal.aborted; next += together) {
    const text = texts.slice(next, next + together).find(isSigner);
    if (text !== undefined) return candidateOf(new Secret(Buffer.from(text, 'latin1')));
    await nextTurn();
  }
  return null;
}

const candidateOf = (secret: Secret): CandidateSecret => ({
  code: 'published-default',
  of: null,
  undone: false,
  text: publicSecrets.name,
  secret,
  facts: {},
});
