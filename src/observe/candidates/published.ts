import { inPublicList, publicCount, publicDigits, publicListName } from '../../data/public-secrets.js';
import { fingerprintOf, shortestFingerprint } from '../../fingerprint.js';
import type { Fingerprint, Form } from '../../model.js';
import type { Secret } from '../../secret.js';

/** A match by chance must be less likely than this in one check. */
const mostChance = 1e-4;

/** Those of the secrets at hand that are in the public list, compared on more digits than any report shows. */
export async function publishedOfHeld(
  secrets: Iterable<Secret>,
  known: readonly Form[],
  length: number,
): Promise<Form[]> {
  const byDigest = new Map<string, Fingerprint>();
  for (const secret of secrets) {
    const fingerprint = fingerprintOf(secret, length);
    // Where it is published by somebody who is known by name, that says more.
    if (!known.some((form) => isPublished(form) && form.fingerprint === fingerprint))
      byDigest.set(fingerprintOf(secret, publicDigits), fingerprint);
  }
  const found = await inPublicList([...byDigest.keys()]);
  return [...byDigest].flatMap(([digest, fingerprint]) =>
    found.has(digest) ? [publicForm(fingerprint)] : [],
  );
}

/**
 * Those of the fingerprints that were shown that are of secrets in the public list. Of few digits, many would match
 * one of a hundred thousand by chance: then nothing is looked up.
 */
export async function publishedOfShown(
  shown: readonly Fingerprint[],
  known: readonly Form[],
): Promise<Form[]> {
  const beginning = (fingerprint: Fingerprint) => fingerprint.slice(0, shortestFingerprint);
  const explained = new Set(known.map((form) => beginning(form.fingerprint)));
  const unknown = [...new Set(shown)].filter((fingerprint) => !explained.has(beginning(fingerprint)));
  const chance = unknown.reduce(
    (sum, { length }) => sum + publicCount / 16 ** Math.min(length, publicDigits),
    0,
  );
  if (chance > mostChance) return [];
  return [...(await inPublicList(unknown))].map(publicForm);
}

const isPublished = (form: Form): boolean => form.code === 'published-default';

const publicForm = (fingerprint: Fingerprint): Form => ({
  code: 'published-default',
  of: null,
  undone: false,
  text: publicListName,
  fingerprint,
  facts: {},
});
