import { list, referenceName } from '../phrases.js';
import { adviceOf, text } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import { statusCommand } from './shared/rotation-facts.js';

type Facts = { readonly message: string; readonly versions: readonly number[] };

/** The record of a rotation, or one of its keys, could not be read. */
export const rotationUnreadable: Rule<Facts> = {
  code: 'rotation-unreadable',
  family: 'rotation',
  severity: 'warning',
  title: 'A rotation could not be read in full',
  explanation:
    'The secret of the reference has a record of a rotation (annotation `jwtcheck-rotation`) that this version of ' +
    'jwtcheck cannot read, or one of the two keys of an open rotation could not be read. Without the record, the check ' +
    'compares every participant with the reference alone, so that a rotation that goes as planned may look like drift. ' +
    'Without a key, none of its tokens is presented.',
  example: 'Version 8 was disabled by hand while a rotation to it was staged.',
  remedy: 'Leave the annotation, and the two versions of an open rotation, to `jwtcheck rotate`.',
  proof:
    'The annotation is there and cannot be parsed, or reading a version that it names ended in an error.',
  incidents: [],
  find({ unreadableRotation, rotation, reference }) {
    const participants = reference === null ? [] : [reference];
    const found: Evidence<Facts>[] = [];
    if (unreadableRotation !== undefined) {
      const { message, hint } = unreadableRotation;
      found.push({ participants, facts: { message, versions: [] }, advice: [text(hint)] });
    }
    for (const { version, error } of rotation?.unread ?? [])
      found.push({
        participants,
        facts: { message: error.message, versions: [version] },
        ...adviceOf(error),
      });
    return found;
  },
  message: ({ facts }, observations) =>
    facts.versions.length === 0
      ? `A rotation of ${referenceName(observations)} is recorded, and the record cannot be read: ${facts.message}.`
      : `Version ${list(facts.versions.map(String))} belongs to the open rotation, and could not be read: ${facts.message}.`,
  fix: ({ advice }, observations) => advice ?? [text('See where it stands:'), statusCommand(observations)],
};
