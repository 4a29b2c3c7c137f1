import { list, referenceName } from '../phrases.js';
import { adviceOf, text } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import { rotationText, statusCommand } from './shared/rotation-facts.js';

type Facts = {
  readonly message: string;
  readonly versions: readonly number[];
  /** The state that the record names, and others in which the rotation may be. */
  readonly states?: readonly string[];
};

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
    'Without a key, none of its tokens is presented. Reads of the record and of aliases may be minutes behind a write: if ' +
    'they name different states, only what is wrong in each of these states is reported.',
  example: 'Version 8 was disabled by hand while a rotation to it was staged.',
  remedy: 'Leave the annotation, and the two versions of an open rotation, to `jwtcheck rotate`.',
  proof:
    'The annotation is there and cannot be parsed, or reading a version that it names ended in an error; or the aliases are those of another state.',
  incidents: [],
  find(observations) {
    const { unreadableRotation, rotation, reference } = observations;
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
    if (rotation?.otherStates !== undefined)
      found.push({
        participants,
        severity: 'info',
        facts: {
          message: `${rotationText(rotation.record)} by its record`,
          versions: [],
          states: [rotation.record.state, ...rotation.otherStates],
        },
        advice: [
          text('Check again in some minutes. If it stays, an alias was changed by hand:'),
          statusCommand(observations),
        ],
      });
    return found;
  },
  message: ({ facts }, observations) =>
    facts.states !== undefined
      ? `${facts.message[0]?.toUpperCase()}${facts.message.slice(1)}, and ${list(facts.states.slice(1))} by its aliases or a later look. Reads may be minutes behind a write, so only what is wrong in each of these states is reported.`
      : facts.versions.length === 0
        ? `A rotation of ${referenceName(observations)} is recorded, and the record cannot be read: ${facts.message}.`
        : `Version ${list(facts.versions.map(String))} belongs to the open rotation, and could not be read: ${facts.message}.`,
  fix: ({ advice }, observations) => advice ?? [text('See where it stands:'), statusCommand(observations)],
};
