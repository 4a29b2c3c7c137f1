import { referenceName, timeText } from '../phrases.js';
import { adopt } from '../remedies.js';
import { text } from '../remedy-steps.js';
import type { Rule } from '../rule.js';
import { otherVersionMessage, type VersionFacts, withOtherVersion } from './shared/other-version.js';

/** It holds a newer version than the reference gives. */
export const aheadOfReference: Rule<VersionFacts> = {
  code: 'ahead-of-reference',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'A version newer than that of the reference is in use',
  explanation:
    'The participant already uses a version that the reference does not return yet: the reference is pinned to an ' +
    'older number, or the participant was rolled out first. `latest` can lag behind for a while; version numbers ' +
    'never do.',
  example: 'secret_manager is pinned to version 7; backend_service was deployed with version 8.',
  remedy: 'Move the pinned version and every participant to the new version in one rollout.',
  proof: "The fingerprint matches a newer enabled version of the reference's secret.",
  incidents: [],
  find: (observations, comparison) => withOtherVersion(observations, comparison, 'ahead-of-reference'),
  message(evidence, observations) {
    const { facts } = evidence;
    const made = facts.createdAt != null ? ` (made ${timeText(facts.createdAt)})` : '';
    return otherVersionMessage(evidence, observations, 'already', made);
  },
  fix: ({ participants, facts }, observations) => [
    text(
      `If version ${facts.version} is meant, move ${referenceName(observations)} to it: change \`version\` of its source, and update every service that reads it. If version ${facts.current} is meant:`,
    ),
    ...adopt(observations, participants),
  ],
};
