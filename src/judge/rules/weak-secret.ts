import type { Algorithm, Fingerprint, Observation } from '../../model.js';
import { sameFingerprint, shortestFingerprint } from '../../secret/fingerprint.js';
import { list, verbFor } from '../phrases.js';
import { replaceSecret, rotateReference } from '../remedies.js';
import type { Rule } from '../rule.js';
import { publishedDefault } from './published-default.js';
import { rejectedForWeakness, shortestKey, type WeakRejection } from './shared/rejected-for-weakness.js';

type Facts = WeakRejection | { readonly algorithm: Algorithm; readonly leastBytes: number };

/** Shorter keys, in bytes, can be guessed: an error, not a warning. */
const guessable = 16;

/** The key is shorter than the hash. */
export const weakSecret: Rule<Facts> = {
  code: 'weak-secret',
  family: 'hygiene',
  severity: 'warning',
  title: 'The secret is shorter than the hash',
  explanation:
    'RFC 7518 §3.2 requires a key at least as long as the hash: 32 bytes for HS256, 48 for HS384, 64 for HS512. A ' +
    'shorter key can be guessed offline from a single token. Some libraries reject such a key: then a service that ' +
    'holds the right secret rejects every token in the same way. Under 16 bytes the finding is an error, otherwise a ' +
    'warning.',
  example: 'The secret is a word of twelve letters.',
  remedy:
    'Generate a new secret (openssl rand -base64 48), store it at the reference, and redeploy every participant.',
  proof:
    'The participant that holds the secret counted its bytes. As the cause of a rejection: the answer says so; or ' +
    'the participant reports the right fingerprint and answers every token in the same way, without reference to a ' +
    'signature (then the cause is probable, not proved).',
  incidents: ['RFC 7518 §3.2'],
  find(observations, comparison) {
    const least = shortestKey[observations.algorithm];
    // A wrong or published secret has to be replaced anyway.
    const published = publishedDefault.find(observations, comparison).flatMap((e) => e.participants);
    const wrong = new Set([...comparison.differing, ...published]);
    const weak = observations.participants.filter(
      (p) => !wrong.has(p.name) && (p.reading?.keyBytes ?? least) < least,
    );
    const refusing = rejectedForWeakness(observations, comparison, least);
    if (weak.length === 0) return refusing;
    const names = new Set(weak.map((p) => p.name));
    const known = new Map(
      weak.flatMap(({ reading }) =>
        reading === null ? [] : [[beginning(reading.fingerprint), reading.fingerprint]],
      ),
    );
    const holds = ({ name, reading }: Observation): boolean => {
      if (names.has(name) || reading === null) return names.has(name);
      const alike = known.get(beginning(reading.fingerprint));
      return alike !== undefined && sameFingerprint(alike, reading.fingerprint);
    };
    const holders = observations.participants.filter((p) => !wrong.has(p.name) && holds(p));
    const shortest = Math.min(...weak.map((p) => p.reading?.keyBytes ?? least));
    return [
      ...refusing,
      {
        participants: holders.map((p) => p.name),
        facts: { algorithm: observations.algorithm, leastBytes: least },
        severity: shortest < guessable ? 'error' : 'warning',
      },
    ];
  },
  message: ({ participants, facts }) =>
    'bytes' in facts
      ? `${list(participants)} rejects every token, ${facts.saidSo ? 'and says that the key is too short' : 'probably because the key is too short'}: the secret has ${facts.bytes} bytes, and ${facts.algorithm} needs ${facts.leastBytes}.`
      : `The secret that ${list(participants)} ${verbFor(participants, 'holds', 'hold')} is shorter than the ${facts.leastBytes} bytes that ${facts.algorithm} needs.`,
  // A rejected short secret must be replaced at its origin: storing it at the participant again does not help.
  fix: ({ participants, facts }, observations) =>
    'bytes' in facts ? rotateReference(observations) : replaceSecret(observations, participants),
};

const beginning = (fingerprint: Fingerprint): Fingerprint => fingerprint.slice(0, shortestFingerprint);
