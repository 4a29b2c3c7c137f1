import type { CandidateFacts, Observations } from '../../../model.js';
import type { Comparison } from '../../compare.js';
import { list, referenceName, verbFor } from '../../phrases.js';
import type { Evidence } from '../../rule.js';
import { explanations } from './explanations.js';

/** The version that participants hold, and the one that the reference is at. */
export type VersionFacts = CandidateFacts & { readonly fingerprint: string; readonly form: string };

/** The participants that hold another version of the reference's secret, by the candidates of this code. */
export const withOtherVersion = (
  observations: Observations,
  comparison: Comparison,
  code: 'ahead-of-reference' | 'stale-secret-version',
): Evidence<VersionFacts>[] =>
  explanations(observations, comparison, code).map(({ suspect, form }) => ({
    participants: [suspect.name],
    facts: {
      fingerprint: suspect.reading?.fingerprint ?? form.fingerprint,
      form: form.undone ? `version ${form.facts.version}` : form.text,
      ...form.facts,
    },
  }));

/** The sentence about them. `adverb` precedes the verb; `time` follows the version. */
export function otherVersionMessage(
  { participants, facts }: Evidence<VersionFacts>,
  observations: Observations,
  adverb: 'already' | 'still',
  time: string,
): string {
  const holds = `${list(participants)} ${adverb} ${verbFor(participants, 'holds', 'hold')} ${facts.form}${time}`;
  return `${holds}; ${referenceName(observations)} ${observations.reference === null ? 'are' : 'is'} at version ${facts.current}.`;
}
