import type { Rule } from '../rule.js';
import { unusableCodes } from './participant-unreachable.js';

/** It answered with something that is no fingerprint. */
export const fingerprintUnusable: Rule = {
  code: 'fingerprint-unusable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'The answer is no usable fingerprint',
  explanation:
    'The participant answered, but not with at least eight hex digits of SHA-256 where they were expected: an HTML page, ' +
    'another JSON document, too short a fingerprint, a redirect to a sign-in. Nothing is decided on it.',
  example: 'The URL answers with the start page of a single-page app.',
  remedy: 'Point `url` and `pointer` to the fingerprint endpoint, and give it the headers that it needs.',
  proof: 'The answer holds no 8 to 64 hex digits at the pointer.',
  incidents: ['flightdeck#75'],
  find: (observations) =>
    observations.participants.flatMap((p) => {
      if (p.error === null || p.name === observations.reference || !unusableCodes.includes(p.error.code))
        return [];
      const { code, message, hint } = p.error;
      return [
        { participants: [p.name], facts: { error: code, message, ...(hint === undefined ? {} : { hint }) } },
      ];
    }),
  message: ({ participants, facts }) => `${participants[0]} shows no usable fingerprint: ${facts.message}.`,
  fix: ({ participants, facts }) =>
    typeof facts.hint === 'string'
      ? facts.hint
      : `Check \`url\` and \`pointer\` of the source of ${participants[0]}.`,
};
