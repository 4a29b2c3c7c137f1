import type { JsonValue, Observations, OpenRotationState, RemedyStep } from '../../../model.js';
import type { Deviation, DeviationCode } from '../../../rotation/deviations.js';
import type { Comparison } from '../../compare.js';
import { commandFlags } from '../../remedies.js';
import { command, text } from '../../remedy-steps.js';
import type { Evidence } from '../../rule.js';

/** The rotation, and the key that a deviation is about. */
export type RotationFacts = {
  readonly state: OpenRotationState;
  readonly from: number;
  readonly to: number;
  /** The version that it signs with, accepts, or does not accept. */
  readonly version: number;
  /** When the rotation entered the state. */
  readonly since: string;
  /** The probes that showed it; of several participants a list of each. */
  readonly probes?: JsonValue;
};

/** The deviations of one kind as evidence; each is the cause for its participants. */
export function deviationsOf(comparison: Comparison, code: DeviationCode): Evidence<RotationFacts>[] {
  const { rotation } = comparison;
  if (rotation === null) return [];
  const { state, from, to, since } = rotation.report;
  return rotation.deviations
    .filter((one) => one.code === code)
    .map(({ participants, key, severity, probes }: Deviation) => ({
      participants,
      isCause: true,
      severity,
      facts: { state, from, to, version: key ?? to, since },
      each: { probes },
    }));
}

/** `the rotation from version 7 to version 8 is staged`. */
export const rotationText = ({ state, from, to }: Pick<RotationFacts, 'state' | 'from' | 'to'>): string =>
  `the rotation from version ${from} to version ${to} is ${state}`;

/** What else may be the reason for a finding about a participant. */
export const mayBeBehind: RemedyStep = text(
  'If a step of the rotation was taken a moment ago, check again first: reads of its record and aliases may be minutes behind.',
);

/** The command that shows where the rotation stands; it writes nothing. */
export const statusCommand = (observations: Observations): RemedyStep =>
  command(`jwtcheck rotate status${commandFlags(observations)}`);
