import { oneLine } from '../../schema/shell-quote.js';
import { list, verbFor } from '../phrases.js';
import { text } from '../remedy-steps.js';
import type { Rule } from '../rule.js';
import {
  deviationsOf,
  mayBeBehind,
  type RotationFacts,
  rotationText,
  statusCommand,
} from './shared/rotation-facts.js';

/** An issuer signs with a key that verifiers only begin to accept. */
export const signsTooEarly: Rule<RotationFacts> = {
  code: 'signs-too-early',
  family: 'rotation',
  severity: 'critical',
  joint: true,
  title: 'An issuer signs with the next key before it is promoted',
  explanation:
    'A rotation is staged: services learn to accept the new key, and must still sign with the old one. This issuer ' +
    'signs with the new key already, so every service that has not read it yet rejects its tokens. Usually the issuer ' +
    'follows `latest`, or the alias of the next version, instead of the alias of the version in use.',
  example: 'auth_service is deployed with version `latest`, which is version 8 as soon as that is staged.',
  remedy: 'Let issuers follow the alias `current`. It moves only when every verifier accepts the new key.',
  proof:
    'A token that the issuer signed, or the fingerprint that it reports, belongs to the version that is staged.',
  incidents: [],
  find: (_, comparison) => deviationsOf(comparison, 'signs-too-early'),
  message: ({ participants, facts }) =>
    `${list(participants)} ${verbFor(participants, 'signs', 'sign')} with version ${facts.version}, but ${rotationText(facts)}: services need not accept it yet.`,
  fix: ({ participants, facts }, observations) => [
    mayBeBehind,
    text(
      `Have ${list(participants.map(oneLine))} sign with version ${facts.from} until the new version is promoted: follow the alias of the version in use instead of \`latest\` or a number. See which services accept version ${facts.version} already:`,
    ),
    statusCommand(observations),
  ],
};
