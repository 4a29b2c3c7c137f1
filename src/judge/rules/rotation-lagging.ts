import { oneLine } from '../../schema/shell-quote.js';
import type { Comparison } from '../compare.js';
import { distinct, list, timeText, verbFor } from '../phrases.js';
import { text } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import {
  deviationsOf,
  mayBeBehind,
  type RotationFacts,
  rotationText,
  statusCommand,
} from './shared/rotation-facts.js';

type Facts = RotationFacts & {
  /** The version that it still shows, where nothing but its fingerprint says what it accepts. */
  readonly shows?: number;
};

/** A participant does not have a key that the state of a rotation requires. */
export const rotationLagging: Rule<Facts> = {
  code: 'rotation-lagging',
  family: 'rotation',
  severity: 'error',
  joint: true,
  title: 'A participant does not accept a key of an open rotation yet',
  explanation:
    'While a rotation is open, services have to accept the keys that its state names: while it is staged and promoted ' +
    'the old one and the new one, once it is revoked the new one alone. This participant has only one of them. It is a ' +
    'warning until the patience of the rotation (`rotation.patience`) is over, because changes take time to arrive. ' +
    'It is an error after that, and at once where tokens are rejected that services sign already.',
  example:
    'Version 8 is staged; backend_service accepts tokens of version 7, and rejects those of version 8.',
  remedy:
    'Make services read the aliases again: on an interval, or with a hook of the rotation that restarts them.',
  proof:
    'A token of the one version was rejected where a token of the other one was accepted; or the fingerprint that the participant reports, or its list of accepted keys, shows the other version alone.',
  incidents: [],
  find: (_, comparison) =>
    deviationsOf(comparison, 'rotation-lagging')
      .filter(({ participants }) => participants.every((name) => !hasAnotherFault(name, comparison)))
      .map((one): Evidence<Facts> => {
        const isShown = one.participants.every((name) => isOnlyShown(name, one.facts, comparison));
        return isShown ? { ...one, facts: { ...one.facts, shows: one.facts.from } } : one;
      }),
  message({ participants, facts }) {
    const probes = distinct([facts.probes ?? []].flat(2).map(String));
    const where = probes.length === 0 ? '' : ` (${list(probes)})`;
    const { version, to, shows } = facts;
    if (shows !== undefined)
      return `${list(participants)} still ${verbFor(participants, 'shows', 'show')} the key of version ${shows}, and nothing shows that version ${version} is accepted there; ${rotationText(facts)} since ${timeText(facts.since)}.`;
    const what = version === to ? `accept version ${version} yet` : `accept version ${version} any more`;
    return `${list(participants)} ${verbFor(participants, 'does', 'do')} not ${what}${where}; ${rotationText(facts)} since ${timeText(facts.since)}.`;
  },
  fix: ({ participants, facts }, observations) => [
    mayBeBehind,
    text(
      `A change takes time to arrive at every service. If ${list(participants.map(oneLine))} ${verbFor(participants, 'reads its', 'read their')} keys only at start, restart or redeploy ${verbFor(participants, 'it', 'them')}; ${facts.state === 'revoked' ? `version ${facts.to} has to be accepted` : `versions ${facts.from} and ${facts.to} have to be accepted`}. See what the rotation waits for:`,
    ),
    statusCommand(observations),
  ],
};

/** Neither a token nor a list of accepted keys says what it accepts. */
function isOnlyShown(name: string, { version }: RotationFacts, { rotation }: Comparison): boolean {
  const known = rotation?.report.participants.find((one) => one.name === name);
  return !known?.lacks.some((one) => one.must === 'accept' && one.version === version && one.isRefuted);
}

/** Its other fault is the cause, and may be the reason why it lags. */
const hasAnotherFault = (name: string, { differing, split, tokens }: Comparison): boolean =>
  differing.includes(name) || split.includes(name) || tokens.refused.has(name);
