import type { Answer } from './compare-answers.js';
import { type Complaint, claimsNamed, complaints, decided, nothingSaid } from './complaints.js';
import { ofOtherThings, plainWords } from './plain-words.js';

/** The topics of an answer, by its words. A service may be wrong about each of them: words rank causes, they do not prove them. */
export interface Topics {
  /** An invalid signature, a wrong key, or a text that is no token. */
  readonly signature: boolean;
  readonly algorithm: boolean;
  /** Claims that are missing or not as wanted, by name. */
  readonly claims: readonly string[];
  readonly time: 'expired' | 'not-yet-valid' | null;
  /** No token arrived. */
  readonly absence: boolean;
  /** The caller's own credentials. */
  readonly caller: boolean;
  /** Fields of the token's header: `kid`, `typ`. */
  readonly header: readonly string[];
  /** Too many requests, or the caller is locked out. */
  readonly lockout: boolean;
}

/** The topics of the words of one answer. */
export function topicsOf(answer: Pick<Answer, 'detail' | 'said' | 'status'>): Topics {
  const topics = topicsOfWords(wordsOf(answer));
  return answer.status === 429 ? { ...topics, lockout: true } : topics;
}

/** The topics of texts. A text that names several alternatives has no topic. */
export function topicsOfWords(words: readonly string[]): Topics {
  const found = words.flatMap((word) => complaintsIn(word));
  const has = (topic: Complaint['topic']): boolean => found.some((one) => one.topic === topic);
  const times = new Set(found.flatMap((one) => (one.topic === 'time' ? [one.time] : [])));
  const [time = null] = times;
  return {
    signature: has('signature'),
    algorithm: has('algorithm'),
    claims: [...new Set(found.flatMap((one) => (one.topic === 'claim' ? [one.claim] : [])))],
    time: times.size === 1 ? time : null,
    absence: has('absence'),
    caller: has('caller'),
    header: [...new Set(found.flatMap((one) => (one.topic === 'header' ? [one.field] : [])))],
    lockout: has('lockout'),
  };
}

/** Whether an answer mentions a signature or a key, even without naming the fault. */
export function mentionsSignature(answer: Pick<Answer, 'detail' | 'said' | 'status'>): boolean {
  if (topicsOf(answer).signature) return true;
  return wordsOf(answer).some((word) => {
    const plain = [/\b(?:expired|immature) signature|signature (?:has )?expired/g, ...ofOtherThings].reduce(
      (text, pattern) => text.replace(pattern, ' '),
      plainWords(word),
    );
    return /\b(?:signatures?|signing key|hmac|wrong key|key mismatch)\b/.test(plain);
  });
}

/** The full answer; for an answer that was not read for comparison, its displayed text. */
export function wordsOf({ said, detail }: Pick<Answer, 'detail' | 'said'>): readonly string[] {
  return (
    said?.words ?? [detail.replace(/^(?:\d{3} [\w ]{2,40}?(?: to the handshake)?|closed \d{4})(?::|$)/, '')]
  );
}

/** The maximum length of a text that is searched; characters. */
const longest = 2000;

function complaintsIn(word: string): Complaint[] {
  let rest = word.slice(0, longest);
  const found: Complaint[] = [];
  for (const [pattern, ...meant] of decided) {
    if (!pattern.test(rest)) continue;
    found.push(...meant);
    rest = rest.replace(pattern, ' ');
  }
  if (found.length > 0) return found;
  const plain = nothingSaid.reduce(
    (text, pattern) => text.replace(pattern, ' '),
    withoutOldNames(plainWords(rest)),
  );
  const named = claimsNamed(rest);
  const guessed = complaints.flatMap(({ words, topic }) => {
    const match = words.exec(plain);
    return match === null ? [] : topic(match);
  });
  const isMissing = named.some((one) => one.topic === 'claim' && /^(?:exp|nbf|iat)$/.test(one.claim));
  const all = [...named, ...guessed.filter((one) => one.topic !== 'time' || !isMissing)];
  const kinds = new Set(all.map((one) => one.topic));
  return kinds.size > 1 && alternatives.test(plain) ? [] : all;
}

/** "Signature has expired": libraries mean the token. */
const withoutOldNames = (plain: string): string =>
  plain.replace(/\b(expired|immature) signature\b/g, '$1').replace(/\bsignature (?=(?:has )?expired\b)/g, '');

const alternatives = /\b(?:or|and\/or)\b|\w ?\/ ?\w/;
