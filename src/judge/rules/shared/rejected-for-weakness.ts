import type { Algorithm, Observations } from '../../../model.js';
import type { Comparison } from '../../compare.js';
import { describeAttempt, distinct, participant } from '../../phrases.js';
import type { Evidence } from '../../rule.js';
import { mentionsSignature } from '../../topics.js';
import { isProof, type Rejection, type Responses, rejections, responsesOf } from './token-rejected.js';

/** A key must be at least as long as the hash's output: RFC 7518 §3.2. */
export const shortestKey: Record<Algorithm, number> = { HS256: 32, HS384: 48, HS512: 64 };

/** Messages of libraries for a key that is too short: jjwt's WeakKeyException, .NET's IDX10653, jose, nimbus. */
const saysSo =
  /weak ?key|key (?:is |byte array is )?(?:too (?:short|small)|not (?:long|secure) enough|\d+ bits which is not secure)|key (?:length|size) must be|IDX107(?:03|20)|IDX10653|must be at least \d+ bits|secret length must be/i;

/** A rejection because the key is too short; `saidSo`: the answer says it. */
export type WeakRejection = {
  readonly algorithm: Algorithm;
  readonly leastBytes: number;
  readonly bytes: number;
  readonly saidSo: boolean;
  readonly probe: string;
  readonly answers: readonly string[];
};

/**
 * Participants that reject every token because the secret is shorter than the hash. Libraries that enforce RFC 7518
 * §3.2 fail before they verify anything. An answer about the signature shows that one was computed, with some key.
 *
 * A service with another key of sufficient length also answers every token the same way. The service must therefore
 * report that the key is too short, or show the right fingerprint.
 */
export function rejectedForWeakness(
  observations: Observations,
  comparison: Comparison,
  leastBytes: number,
): Evidence<WeakRejection>[] {
  return rejections(observations, comparison).flatMap((refusal): Evidence<WeakRejection>[] => {
    const bytes = bytesOf(refusal, observations);
    if (bytes === null || bytes >= leastBytes) return [];
    if (observations.followUps.some((t) => t.participant === refusal.name && isProof(t))) return [];
    const answers = responsesOf(refusal, observations);
    const saying = answers.filter(({ valid }) => said(valid));
    const alike = answers.filter(isAlikeForAll);
    const [first] = saying.length > 0 ? saying : alike;
    if (first === undefined || (saying.length === 0 && alike.length < answers.length)) return [];
    if (saying.length === 0 && participant(observations, refusal.name)?.reading == null) return [];
    return [
      {
        participants: [refusal.name],
        isCause: true,
        severity: 'by-role',
        facts: {
          algorithm: observations.algorithm,
          leastBytes,
          bytes,
          saidSo: saying.length > 0,
          probe: first.probe,
          answers: distinct(first.refused.map(describeAttempt)),
        },
      },
    ];
  });
}

const said = ({ said: heard, detail }: Responses['valid']): boolean =>
  (heard?.words ?? [detail]).some(
    (word) => saysSo.test(word.replace(/([a-z])([A-Z])/g, '$1 $2')) || saysSo.test(word),
  );

/** Every token got the same answer, a missing token aside, and the answer does not mention a signature. */
const isAlikeForAll = ({ distinction, valid }: Responses): boolean =>
  distinction === 'same' && !mentionsSignature(valid);

/** The length of the secret that signed the rejected tokens. */
export function bytesOf({ refused }: Rejection, observations: Observations): number | null {
  for (const { minter } of refused) {
    const bytes = participant(observations, minter ?? undefined)?.reading?.keyBytes ?? null;
    if (bytes !== null) return bytes;
  }
  return null;
}
