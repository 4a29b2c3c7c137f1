import type { Observations, ReadErrorCode } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import type { Comparison } from '../compare.js';
import { isReadFromTokens } from '../participants.js';
import { list } from '../phrases.js';
import { adviceOf } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import { unusableCodes } from './participant-unreachable.js';

type Facts = Unusable | { readonly unverified: true };

/** `token`: its key is found by verifying a token. */
type Unusable = {
  readonly error: ReadErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly token?: true;
};

/** Its answer contains no valid fingerprint. */
export const fingerprintUnusable: Rule<Facts> = {
  code: 'fingerprint-unusable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'The answer is no usable fingerprint',
  explanation:
    'The participant answered, but without at least eight hex digits of SHA-256 at the expected place: an HTML page, ' +
    'another JSON document, a fingerprint that is too short, or a redirect to a sign-in page. The answer is ignored.',
  example: 'The URL answers with the start page of a single-page app.',
  remedy: 'Point `url` and `pointer` to the fingerprint endpoint, and send the headers that it needs.',
  proof: 'The answer has no 8 to 64 hex digits at the pointer.',
  incidents: ['flightdeck#75'],
  find: (observations, comparison) => [
    ...observations.participants.flatMap((p) => {
      if (p.error === null || p.name === observations.reference || !unusableCodes.includes(p.error.code))
        return [];
      if (comparison.signing.flawed.has(p.name) || comparison.signing.signsOther.has(p.name)) return [];
      // The value that it exposes is a separate finding.
      if (p.exposes?.some(({ where }) => where === 'fingerprint') === true) return [];
      const { code, message, hint } = p.error;
      const facts = { error: code, message, ...(hint === undefined ? {} : { hint }) };
      const more = isReadFromTokens(p) ? ({ token: true } as const) : {};
      return [{ participants: [p.name], facts: { ...facts, ...more }, ...adviceOf(p.error) }];
    }),
    ...unverified(observations, comparison),
  ],
  message({ participants, facts }) {
    if ('unverified' in facts)
      return `The key of ${list(participants)} is unknown: no secret is at hand to verify its token with.`;
    return facts.token
      ? `${participants[0]} has no usable token: ${facts.message}.`
      : `${participants[0]} shows no usable fingerprint: ${facts.message}.`;
  },
  fix({ participants, facts, advice }) {
    if ('unverified' in facts)
      return 'Add a participant whose source yields the secret: Secret Manager, env, file or command.';
    if (advice !== undefined) return advice;
    return facts.token
      ? `Look at the token that ${oneLine(participants[0] ?? '')} hands out.`
      : `Check \`url\` and \`pointer\` of the source of ${participants[0]}.`;
  },
};

/** Participants with an acceptable token, but without a secret to verify it with. */
function unverified({ participants }: Observations, { agrees }: Comparison): Evidence<Facts>[] {
  const names = participants
    .filter(
      (p) => isReadFromTokens(p) && p.reading === null && p.error === null && agrees.get(p.name) === null,
    )
    .map((p) => p.name);
  return names.length === 0 ? [] : [{ participants: names, facts: { unverified: true } }];
}
