import type { ReadErrorCode } from '../../model.js';
import { adviceOf } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Facts = {
  readonly error: ReadErrorCode;
  readonly message: string;
  readonly required: boolean;
  /** Some of its replicas answered. */
  readonly partly: boolean;
  readonly hint?: string;
};

/** It answered without a fingerprint: that is a separate finding. */
export const unusableCodes: readonly ReadErrorCode[] = ['invalid-response', 'too-large', 'redirect'];

/** A participant could not be read, which says nothing about its secret. */
export const participantUnreachable: Rule<Facts> = {
  code: 'participant-unreachable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'A participant could not be read',
  explanation:
    'The participant did not answer, or not as expected. That is neither agreement nor drift. Unless it is optional ' +
    'or allowed to be unreachable, the verdict cannot be consistent.',
  example: 'backend_service: connection refused.',
  remedy:
    'Start the participant or correct its URL. If it may be unreachable, set `optional` or pass --allow-unreachable.',
  proof: 'Reading the participant ended in an error.',
  incidents: [],
  find: (observations) =>
    observations.participants.flatMap((p) => {
      if (p.error === null || p.name === observations.reference) return [];
      if (unusableCodes.includes(p.error.code) || p.error.code === 'no-proof') return [];
      const { code, message, hint } = p.error;
      return [
        {
          participants: [p.name],
          facts: {
            error: code,
            message,
            required: p.required,
            partly: p.reading !== null,
            ...(hint === undefined ? {} : { hint }),
          },
          ...adviceOf(p.error),
        },
      ];
    }),
  message: ({ participants, facts }) =>
    `${participants[0]} could not be read${facts.partly ? ' every time' : ''}: ${facts.message}${
      facts.required ? '' : ' (it is optional)'
    }.`,
  fix: ({ participants, advice }) =>
    advice ?? `Start ${participants[0]}, or pass --allow-unreachable ${participants[0]}.`,
};
