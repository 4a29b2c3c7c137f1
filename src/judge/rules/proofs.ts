import { sameFingerprint } from '../../fingerprint.js';
import type { Form, Observation, Observations } from '../../model.js';
import { type Comparison, fingerprintsOf } from '../compare.js';

/** A form that explains a participant's fingerprint. */
export interface Proof {
  readonly suspect: Observation;
  readonly form: Form;
  /** Whose secret is the distorted one: the suspect's, or that of who is right. */
  readonly wrong: 'suspect' | 'reference';
}

/** Whom a cause of a difference may be claimed of: those that differ, or everybody where nobody is known to be right. */
export function suspects(observations: Observations, comparison: Comparison): Observation[] {
  const differing = new Set(comparison.differing);
  return observations.participants.filter(
    (p) => p.reading !== null && (comparison.divided || differing.has(p.name)),
  );
}

/** For every suspect the first form of this code that explains it, in either direction. */
export function proofs(observations: Observations, comparison: Comparison, code: string): Proof[] {
  const forms = observations.forms.filter((form) => form.code === code);
  if (forms.length === 0) return [];
  return suspects(observations, comparison).flatMap((suspect) => {
    const proof = explain(suspect, forms, comparison);
    return proof === null ? [] : [proof];
  });
}

function explain(suspect: Observation, forms: readonly Form[], { reference }: Comparison): Proof | null {
  const shown = fingerprintsOf(suspect);
  for (const form of forms) {
    // Made from somebody's secret: the reference's explains the suspect, the suspect's explains the reference.
    const own = form.of === suspect.name;
    if (form.of !== null && !own && form.of !== reference?.name) continue;
    const target = own ? (reference === null ? [] : [reference.fingerprint]) : shown;
    if (!target.some((fingerprint) => sameFingerprint(fingerprint, form.fingerprint))) continue;
    return { suspect, form, wrong: own === form.undone ? 'suspect' : 'reference' };
  }
  return null;
}
