import type { ReadErrorCode } from '../../model.js';
import { referenceName } from '../phrases.js';
import { adviceOf } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Facts = {
  readonly error: ReadErrorCode;
  readonly message: string;
  /** The earlier version whose tokens were presented; `null`: none. */
  readonly presented: string | null;
};

/** The control `retired` was requested, and a key that was replaced could not be read. */
export const retiredKeyUnavailable: Rule<Facts> = {
  code: 'retired-key-unavailable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'A retired key could not be read',
  explanation:
    'The control `retired` presents tokens of an earlier key, and needs that key to sign them. A version that is ' +
    'disabled or destroyed cannot be read, while services may still hold and accept its key. The verdict is therefore ' +
    'inconclusive, even if tokens of an older version were rejected.',
  example: 'Version 6 was disabled right after version 7 was added, before a check with `retired`.',
  remedy:
    'Check with `retired` after a rotation and before the old version is disabled. Name the version if another one is meant: --controls retired:5.',
  proof: 'Reading the earlier version ended in an error, or no earlier version exists.',
  incidents: [],
  find({ retiredKey, reference }) {
    if (retiredKey == null || retiredKey.error === null) return [];
    const { error, version } = retiredKey;
    return [
      {
        participants: reference === null ? [] : [reference],
        facts: { error: error.code, message: error.message, presented: version },
        ...adviceOf(error),
      },
    ];
  },
  message: ({ facts }, observations) =>
    `A retired key of ${referenceName(observations)} could not be read: ${facts.message}. ` +
    (facts.presented === null
      ? 'No token of an earlier key was presented.'
      : `Tokens of version ${facts.presented} were presented instead.`),
  fix: ({ advice }) =>
    advice ?? 'Fix the access to the earlier version, or name another one: --controls retired:5.',
};
