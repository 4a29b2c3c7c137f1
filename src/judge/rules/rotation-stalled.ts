import type { OpenRotationState } from '../../model.js';
import { timeText } from '../phrases.js';
import { text } from '../remedy-steps.js';
import type { Rule } from '../rule.js';
import { rotationText, statusCommand } from './shared/rotation-facts.js';

type Facts = {
  readonly state: OpenRotationState;
  readonly from: number;
  readonly to: number;
  readonly since: string;
  readonly openedAt: string;
};

/** A rotation that was forgotten, or is stuck. */
export const rotationStalled: Rule<Facts> = {
  code: 'rotation-stalled',
  family: 'rotation',
  severity: 'warning',
  title: 'A rotation is open for longer than it needs',
  explanation:
    'The rotation has been open for a day longer than the longest life of a token (`rotation.drain`). It was ' +
    'forgotten, or something keeps its next step from being taken. As long as it is open, services accept a key that ' +
    'was meant to go.',
  example: 'Version 8 was promoted a week ago; tokens live for an hour, and the next step was not run.',
  remedy: 'Let a scheduled job run `jwtcheck rotate next --apply`: it takes a step only if its gate holds.',
  proof: 'The record of the rotation says when it was opened.',
  incidents: [],
  find: (_, { rotation }) => {
    const stalled = rotation?.deviations.some(({ code }) => code === 'rotation-stalled') === true;
    if (rotation === null || !stalled) return [];
    const { state, from, to, since, openedAt } = rotation.report;
    return [{ participants: [], facts: { state, from, to, since, openedAt } }];
  },
  message: ({ facts }) =>
    `The rotation was opened ${timeText(facts.openedAt)}, and is still open: ${rotationText(facts)} since ${timeText(facts.since)}.`,
  fix: (_, observations) => [text('See what the next step waits for:'), statusCommand(observations)],
};
