import type { CandidateFingerprint } from '../../model.js';
import { sameFingerprint, shortestFingerprint } from '../../secret/fingerprint.js';
import { keysOf } from '../keys-in-use.js';
import { pinDiffersFromAll } from '../participants.js';
import { list, referenceName, verbFor } from '../phrases.js';
import { adopt } from '../remedies.js';
import { withSentence } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import { explainable } from './shared/explanations.js';

type Facts = Sibling | InChain;

type Sibling = {
  readonly fingerprint: string;
  readonly secret: string | null;
  readonly namedBy: string | null;
};

/** In a chain of variables, `taken` is the variable in use, and `right` is the one with the right secret. */
type InChain = {
  readonly fingerprint: string | null;
  readonly taken: string | null;
  readonly right: string | null;
};

/** It holds another secret that the configuration names. */
export const siblingSecret: Rule<Facts> = {
  code: 'sibling-secret',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'Another secret of the same environment is in use',
  explanation:
    'The environment has other secrets besides the right one: a variable with a similar name, the secret for refresh ' +
    'tokens, or that of a session library. The participant uses one of them.',
  example:
    'backend_service signs with the value of JWT_SECRET; every other participant reads JWT_SECRET_STAGING.',
  remedy: 'Give every secret its own name, make the code read exactly that name, and stop if it is not set.',
  proof:
    'The fingerprint matches another secret that the configuration names; or, in a chain of variables, one after the ' +
    'first that is set holds the right secret.',
  incidents: ['tdm-calculator#3430', 'next-auth#5170'],
  find(observations, comparison) {
    const siblings = observations.candidates.filter((form) => form.code === 'sibling-secret');
    if (siblings.length === 0 || comparison.divided) return [];
    // If all agree, no participant uses another secret than the rest: the pin is in question.
    if (pinDiffersFromAll(observations, comparison.differing)) return [];
    const right = comparison.reference?.fingerprint ?? comparison.groups[0]?.fingerprint;
    const chains = siblings.filter((f) => right !== undefined && sameFingerprint(f.fingerprint, right));
    const byBeginning = beginningsOf(siblings);
    const concerned = new Set(explainable(observations, comparison));
    return observations.participants.flatMap((suspect): Evidence<Facts>[] => {
      if (!concerned.has(suspect)) return [];
      const own = chains.find(({ facts }) => facts.inChain === true && facts.participant === suspect.name);
      if (own !== undefined) {
        const { name = null, taken = null } = own.facts;
        const fingerprint = suspect.reading?.fingerprint ?? null;
        return [{ participants: [suspect.name], facts: { fingerprint, taken, right: name } }];
      }
      // Two participants that read the same wrong secret themselves are not siblings of each other.
      const holds = suspect.reading !== null && suspect.reading.keyBytes !== null;
      for (const fingerprint of keysOf(observations, comparison, suspect)) {
        const form = byBeginning
          .get(fingerprint.slice(0, shortestFingerprint))
          ?.find(
            ({ fingerprint: other, facts }) =>
              sameFingerprint(other, fingerprint) &&
              facts.participant !== suspect.name &&
              (facts.inChain === true || !holds),
          );
        if (form === undefined) continue;
        const { participant = null, name = null } = form.facts;
        return [{ participants: [suspect.name], facts: { fingerprint, secret: name, namedBy: participant } }];
      }
      return [];
    });
  },
  message({ participants, facts }, observations) {
    const from = referenceName(observations);
    return 'secret' in facts
      ? `${list(participants)} ${verbFor(participants, 'holds', 'hold')} another secret, that of ${facts.secret} (as ${facts.namedBy} reads it), not that of ${from}.`
      : `${list(participants)} ${verbFor(participants, 'uses', 'use')} ${facts.taken}, which is set to another secret; ${facts.right}, later in its list, holds that of ${from}.`;
  },
  fix({ participants, facts }, observations) {
    if ('secret' in facts) return adopt(observations, participants);
    return withSentence(
      `Remove ${facts.taken} from the environment of ${list(participants)}, or correct it.`,
      adopt(observations, participants),
    );
  },
};

function beginningsOf(forms: readonly CandidateFingerprint[]): Map<string, CandidateFingerprint[]> {
  const map = new Map<string, CandidateFingerprint[]>();
  for (const form of forms) {
    const beginning = form.fingerprint.slice(0, shortestFingerprint);
    const found = map.get(beginning);
    if (found === undefined) map.set(beginning, [form]);
    else found.push(form);
  }
  return map;
}
