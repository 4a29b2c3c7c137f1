import { oneLine } from '../../schema/shell-quote.js';
import { list, timeText, verbFor } from '../phrases.js';
import { text } from '../remedy-steps.js';
import type { Rule } from '../rule.js';
import {
  deviationsOf,
  mayBeBehind,
  type RotationFacts,
  rotationText,
  statusCommand,
} from './shared/rotation-facts.js';

/** An issuer has not taken the new key over. */
export const signsWithRetiredKey: Rule<RotationFacts> = {
  code: 'signs-with-retired-key',
  family: 'rotation',
  severity: 'critical',
  joint: true,
  title: 'An issuer still signs with the old key of a rotation',
  explanation:
    'The new version was promoted, and this issuer still signs with the old one. Its tokens are accepted for as long ' +
    'as the old version is, so nothing is rejected yet; the drain of old tokens has not begun, and the rotation cannot ' +
    'go on. Once the old version is revoked, services reject every token that it signs. It is a warning until the ' +
    'patience of the rotation is over, then an error, and critical once the old version is revoked.',
  example: 'auth_service reads its key at start only, and was not restarted after version 8 was promoted.',
  remedy:
    'Make issuers read the alias again: on an interval, or with a hook of the rotation that restarts them.',
  proof: 'A token that the issuer signed, or the fingerprint that it reports, belongs to the old version.',
  incidents: [],
  find: (_, comparison) => deviationsOf(comparison, 'signs-with-retired-key'),
  message: ({ participants, facts }) =>
    `${list(participants)} still ${verbFor(participants, 'signs', 'sign')} with version ${facts.version}; ${rotationText(facts)} since ${timeText(facts.since)}${facts.state === 'revoked' ? ', so services reject these tokens' : ''}.`,
  fix: ({ participants, facts }, observations) => [
    mayBeBehind,
    text(
      `Have ${list(participants.map(oneLine))} read its key again, so that it signs with version ${facts.to}: if it reads it only at start, restart or redeploy it. Then see where the rotation stands:`,
    ),
    statusCommand(observations),
  ],
};
