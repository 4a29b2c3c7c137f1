import {
  type Fingerprint,
  mintSource,
  type Observation,
  type Observations,
  type ProofOutcome,
  type ShownProof,
} from '../model.js';

/** Groups what concerns participants by their names, in the given order. */
export function groupByParticipant<T extends { readonly participant: string }>(
  all: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.participant);
    if (group === undefined) groups.set(one.participant, [one]);
    else group.push(one);
  }
  return groups;
}

/** One text for a participant and its probe. */
export const probeKey = (of: { readonly participant: string; readonly probe: string }): string =>
  JSON.stringify([of.participant, of.probe]);

/** Every distinct fingerprint that a participant showed. */
export function fingerprintsOf(participant: Observation): Fingerprint[] {
  if (participant.reading === null) return [];
  const { fingerprint, instances } = participant.reading;
  return [...new Set([fingerprint, ...instances.map((i) => i.fingerprint)])];
}

/** Whether it has no source beside its mint endpoint: only the tokens that it issues show its key. */
export const isOnlyMint = ({ source }: Pick<Observation, 'source'>): boolean => source === mintSource;

/** Whether its key is found by verifying tokens: those that it issues, or a configured one. */
export const isReadFromTokens = (participant: Pick<Observation, 'source' | 'holder'>): boolean =>
  isOnlyMint(participant) || participant.holder?.is === 'token';

const proofsFor = ({ reading }: Observation, shown: Fingerprint): readonly ShownProof[] =>
  (reading?.proofs ?? []).filter(({ fingerprint }) => fingerprint === shown);

/** Whether every answer that showed this fingerprint proved to hold the reference's secret. */
export function isVerified(participant: Observation, shown: Fingerprint): boolean {
  const proofs = proofsFor(participant, shown);
  return proofs.length > 0 && proofs.every(({ outcome }) => outcome === 'verified');
}

/** Whether an answer that showed this fingerprint failed to prove it. */
export function isRefuted(participant: Observation, shown: Fingerprint): boolean {
  return proofsFor(participant, shown).some(({ outcome }) => outcome === 'failed');
}

/** The worst of all answers; `null` if none was challenged. */
export function proofOutcome({ reading }: Observation): ProofOutcome | null {
  const outcomes = (reading?.proofs ?? []).map(({ outcome }) => outcome);
  const worstFirst = ['failed', 'absent', 'verified'] as const;
  return worstFirst.find((outcome) => outcomes.includes(outcome)) ?? null;
}

/** Two or more participants agree, all that were read, and only a pinned fingerprint is another one: the pin may be wrong. */
export function pinDiffersFromAll(
  { participants, reference }: Observations,
  differing: readonly string[],
): boolean {
  const others = participants.filter((p) => p.name !== reference && p.reading !== null);
  const shown = new Set(others.map((p) => p.reading?.fingerprint));
  const isPinned = participants.find((p) => p.name === reference)?.holder?.is === 'pin';
  return isPinned && others.length > 1 && shown.size === 1 && others.length === differing.length;
}
