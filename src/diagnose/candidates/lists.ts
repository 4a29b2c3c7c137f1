import type { CandidateSecret } from '../../observe/candidate.js';
import { derive } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import type { Holder } from './distorted.js';

/** Separators between the secrets of a list, for verifiers that accept several. */
const separators = [
  [',', '","'],
  [', ', '", "'],
  ['\n', 'a line break'],
  [';', '";"'],
  [' ', 'a space'],
] as const;

/**
 * Two secrets in one value, as in a rotation: the right one and a known version, in either order. A service that does
 * not support lists uses the whole value as its key.
 */
export function listCandidates(
  holders: readonly Holder[],
  versions: readonly CandidateSecret[],
): CandidateSecret[] {
  return holders
    .filter(({ isRight }) => isRight)
    .flatMap((holder) =>
      versions.filter(({ of }) => of === holder.name).flatMap((version) => joined(holder, version)),
    );
}

function joined({ name, secret }: Holder, { text, secret: other }: CandidateSecret): CandidateSecret[] {
  return derive(
    secret,
    (bytes) => withBoth(bytes, other, text),
    ({ words }, made): CandidateSecret => ({
      code: 'extra-characters',
      of: name,
      undone: false,
      text: words,
      secret: made,
      facts: {},
    }),
  );
}

function withBoth(bytes: Buffer, other: Secret, text: string): { words: string; bytes: Buffer }[] {
  const lists: { words: string; bytes: Buffer }[] = [];
  derive(
    other,
    (more) => {
      for (const [separator, name] of separators) {
        const between = Buffer.from(separator);
        lists.push(
          {
            words: `in a list of two, before ${text}, with ${name} between them`,
            bytes: Buffer.concat([bytes, between, more]),
          },
          {
            words: `in a list of two, after ${text}, with ${name} between them`,
            bytes: Buffer.concat([more, between, bytes]),
          },
        );
      }
      return [];
    },
    () => null,
  );
  return lists;
}
