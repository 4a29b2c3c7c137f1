import type { Fingerprint, Instance, ReadError } from '../../../model.js';
import { sameFingerprint } from '../../../secret/fingerprint.js';
import type { Outcome } from '../../network/network.js';
import {
  type FingerprintAnswer,
  failed,
  type ProofAnswer,
  type SourceResult,
  type StatedAccepts,
  type UnusableValue,
} from '../source.js';

/** Content of one answer of a fingerprint endpoint. */
export interface Answer {
  /** `null` if it contains only proofs. */
  readonly fingerprint: Fingerprint | null;
  /** All keys that this replica verifies with, including the one it signs with. */
  readonly accepts: readonly Fingerprint[];
  /** Whether it lists them itself; otherwise they are only the key that it signs with. */
  readonly statesAccepts: boolean;
  /** The name that the replica reports, or its address, or `null`. */
  readonly instance: string | null;
  readonly version: string | null;
  /** The name that the service reports. */
  readonly service: string | null;
  /** A text in the format of a proof of possession. */
  readonly proof: string | null;
  /** Proofs of all accepted keys. */
  readonly proofs: readonly string[];
  /** The challenge in the request, or `null`. */
  readonly nonce: string | null;
}

/** An answer, or why there is none, and its values that are no fingerprints. */
export type Answered<T = Answer> = Outcome<T> & { readonly unusable?: readonly UnusableValue[] };

/**
 * Combines several answers of one participant. Different replicas are listed in the order of their first answers.
 * Only keys that every answer contains are accepted, because a request may reach any replica. The version is that of
 * the most frequent fingerprint. Without any answer, the first failure is the result.
 */
export function combine(outcomes: readonly Answered[]): SourceResult {
  const answers = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const unusable = outcomes.flatMap((outcome) => outcome.unusable ?? []);
  const [firstError] = errors;
  if (answers.length === 0) {
    return failed(
      firstError ?? { code: 'dns', message: 'the name has no address', hint: 'Check the DNS.' },
      unusable,
    );
  }
  if (answers.some(({ fingerprint }) => fingerprint === null)) {
    const error = firstError === undefined ? null : partly(firstError, errors.length, outcomes.length);
    return { is: 'proofs', answers: proved(answers), error, unusable };
  }
  const instances = group(answers);
  return {
    is: 'fingerprint',
    instances,
    accepts: acceptedByAll(answers),
    version: versionOf(answers, mostShown(instances)),
    provenance: null,
    error: firstError === undefined ? null : partly(firstError, errors.length, outcomes.length),
    ...(unusable.length === 0 ? {} : { unusable }),
    ...(answers.some(({ nonce }) => nonce !== null) ? { answers: challenged(answers) } : {}),
    ...(answers.some(({ statesAccepts }) => statesAccepts) ? { stated: stated(answers) } : {}),
  };
}

function challenged(answers: readonly Answer[]): FingerprintAnswer[] {
  return answers.flatMap(({ instance, fingerprint, nonce, proof, service }) =>
    nonce === null || fingerprint === null ? [] : [{ instance, fingerprint, nonce, proof, service }],
  );
}

function stated(answers: readonly Answer[]): StatedAccepts[] {
  return answers.flatMap(({ instance, accepts, statesAccepts }) =>
    statesAccepts ? [{ instance, accepts }] : [],
  );
}

/** If one replica reports no fingerprint, all of them are identified by their proofs. */
function proved(answers: readonly Answer[]): ProofAnswer[] {
  return answers.flatMap(({ instance, nonce, proof, proofs }) =>
    nonce === null || proof === null ? [] : [{ instance, nonce, proof, proofs }],
  );
}

function group(answers: readonly Answer[]): Instance[] {
  const groups = new Map<string, Instance>();
  for (const { instance, fingerprint } of answers) {
    if (fingerprint === null) continue;
    const key = JSON.stringify([instance, fingerprint]);
    groups.set(key, { instance, fingerprint, samples: (groups.get(key)?.samples ?? 0) + 1 });
  }
  return [...groups.values()];
}

function acceptedByAll(answers: readonly Answer[]): Fingerprint[] {
  const named = new Set(answers.flatMap((answer) => answer.accepts));
  return [...named].filter((fingerprint) =>
    answers.every((answer) => answer.accepts.some((accepted) => sameFingerprint(accepted, fingerprint))),
  );
}

function mostShown(instances: readonly Instance[]): Fingerprint | null {
  const counts = new Map<Fingerprint, number>();
  for (const { fingerprint, samples } of instances) {
    counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + samples);
  }
  return [...counts].reduce<[Fingerprint | null, number]>(
    (most, [fingerprint, count]) => (count > most[1] ? [fingerprint, count] : most),
    [null, 0],
  )[0];
}

function versionOf(answers: readonly Answer[], fingerprint: Fingerprint | null): string | null {
  return (
    answers.find((answer) => answer.fingerprint === fingerprint && answer.version !== null)?.version ?? null
  );
}

function partly(error: ReadError, failures: number, asked: number): ReadError {
  return { ...error, message: `${failures} of ${asked} samples failed: ${error.message}` };
}
