import { sameFingerprint } from '../../fingerprint.js';
import type { Fingerprint, Form, Observation, Observations } from '../../model.js';
import { type Comparison, fingerprintsOf } from '../compare.js';
import { keysInUse } from '../keys-in-use.js';

/** A form that explains a participant's fingerprint. */
export interface Proof {
  readonly suspect: Observation;
  readonly form: Form;
  /** Whose secret is the distorted one: the suspect's, or that of who is right. */
  readonly wrong: 'suspect' | 'reference';
}

/**
 * Whom a cause of a difference may be claimed of: those that differ, or everybody where nobody is known to be right;
 * and those that show no fingerprint, where tokens proved which key they verify with.
 */
export function suspects(observations: Observations, comparison: Comparison): Observation[] {
  const differing = new Set(comparison.differing);
  return observations.participants.filter((p) =>
    p.reading === null
      ? keysInUse(observations, comparison, p.name).length > 0
      : comparison.divided || differing.has(p.name),
  );
}

/** For every suspect the first form of this code that explains it, in either direction. */
export function proofs(observations: Observations, comparison: Comparison, code: string): Proof[] {
  const forms = observations.forms.filter((form) => form.code === code);
  if (forms.length === 0) return [];
  return suspects(observations, comparison).flatMap((suspect) => {
    const keys = suspect.reading === null ? keysInUse(observations, comparison, suspect.name) : [];
    const proof = explain(suspect, [...fingerprintsOf(suspect), ...keys], forms, comparison);
    return proof === null ? [] : [proof];
  });
}

function explain(
  suspect: Observation,
  shown: readonly Fingerprint[],
  forms: readonly Form[],
  { reference, agrees }: Comparison,
): Proof | null {
  for (const form of forms) {
    // Made from somebody's secret: the reference's explains the suspect, the suspect's explains the reference.
    const own = form.of === suspect.name;
    const ofTheRight =
      form.of === reference?.name ||
      (suspect.reading === null && form.of !== null && agrees.get(form.of) === true);
    if (form.of !== null && !own && !ofTheRight) continue;
    const target = own ? (reference === null ? [] : [reference.fingerprint]) : shown;
    if (!target.some((fingerprint) => sameFingerprint(fingerprint, form.fingerprint))) continue;
    return { suspect, form, wrong: own === form.undone ? 'suspect' : 'reference' };
  }
  return null;
}
