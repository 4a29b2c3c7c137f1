import type { CandidateCode } from '../../finding-codes.js';
import type { CandidateFingerprint } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import { literalCodes } from '../../transforms/codes.js';
import { literalWords } from '../../transforms/literals.js';
import { keysOf } from '../keys-in-use.js';
import { distinct, list, verbFor } from '../phrases.js';
import { adopt, replaceSecret } from '../remedies.js';
import { withSentence } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Facts = Known & { readonly isTheRightOne: boolean };

/** `probable`: a match by chance is possible. */
type Known = { readonly kind: string } | { readonly seenIn: readonly string[]; readonly probable?: true };

/** The kind of a value that is not a secret, in words that follow "it is"; empty for other codes. */
const kindOf = (code: CandidateCode): string[] =>
  literalCodes.filter((one) => one === code).map((one) => literalWords[one].kind);
const isLiteral = (code: CandidateCode): boolean => kindOf(code).length > 0;

/** The secret is public. */
export const publishedDefault: Rule<Facts> = {
  code: 'published-default',
  family: 'which-secret',
  severity: 'critical',
  title: 'The secret is published',
  explanation:
    'The secret is a default or an example that a well-known project publishes. Anyone can look it up and sign ' +
    'tokens that your services accept. This is an alert even if all participants agree. jwtcheck knows defaults by ' +
    'name, a public list of a hundred thousand secrets that were found in public, and placeholders from templates ' +
    'and tutorials ("your-…-secret-key-change-in-production"). For a list, the finding names the list. An empty ' +
    'secret, the text of a missing value and an unresolved placeholder are no better: anyone can guess them.',
  example: 'Every service holds the secret of a tutorial.',
  remedy:
    'Generate a new secret (openssl rand -base64 48), store it at the reference, and redeploy every participant.',
  proof:
    'The fingerprint matches a published secret. For lists, at least 40 bits are compared if jwtcheck holds the ' +
    'secret, and otherwise all reported digits. If a match by chance is more likely than 1 in 10,000, the finding ' +
    'says "probably".',
  incidents: ['wallarm/jwt-secrets'],
  find(observations, comparison) {
    const published = observations.candidates.filter((form) => form.code === 'published-default');
    const none = observations.candidates.filter((form) => form.of === null && isLiteral(form.code));
    // If participants differ, a value that is no secret is the cause and is reported as such.
    const allAgree = !comparison.divided && comparison.differing.length === 0;
    const byLabel = new Map<string, { participants: string[]; known: Known }>();
    for (const found of observations.participants) {
      const shown = keysOf(observations, comparison, found);
      const isShown = (k: CandidateFingerprint) => shown.some((f) => sameFingerprint(f, k.fingerprint));
      const [literal] = none.filter(isShown).flatMap((form) => kindOf(form.code));
      const matches = literal === undefined ? published.filter(isShown) : [];
      if (literal === undefined ? matches.length === 0 : !allAgree) continue;
      const known: Known =
        literal === undefined
          ? {
              seenIn: distinct(matches.map((m) => m.text)),
              ...(matches.every((m) => m.facts.probable === true) ? { probable: true } : {}),
            }
          : { kind: literal };
      const label = JSON.stringify(known);
      const entry = byLabel.get(label) ?? { participants: [], known };
      entry.participants.push(found.name);
      byLabel.set(label, entry);
    }
    return [...byLabel.values()].map(({ participants, known }) => ({
      participants,
      // If only participants that differ hold it, the right secret is another one.
      facts: {
        ...known,
        isTheRightOne: !participants.every((name) => comparison.agrees.get(name) === false),
      },
    }));
  },
  message({ participants, facts }) {
    if ('kind' in facts) {
      return `${list(participants)} ${verbFor(participants, 'holds', 'hold')} a secret that anyone can guess: it is ${facts.kind}.`;
    }
    const seenIn = facts.seenIn.join(', ');
    const holds = `${facts.probable ? 'probably ' : ''}${verbFor(participants, 'holds', 'hold')}`;
    return `${list(participants)} ${holds} a secret that anyone can look up (published by: ${seenIn}).`;
  },
  fix({ participants, facts }, observations) {
    const urgent =
      'probable' in facts && facts.probable
        ? 'A match by chance is possible with so few digits: show 16 ("fingerprint": { "length": 16 }) to be certain. If it is confirmed, treat every token signed with it as forged.'
        : 'Treat every token signed with it as forged.';
    return facts.isTheRightOne
      ? withSentence(urgent, replaceSecret(observations, participants))
      : withSentence(urgent, adopt(observations, participants));
  },
};
