import { groupByParticipant, isOnlyMint } from '../judge/participants.js';
import type {
  Attempt,
  CandidateFingerprint,
  FollowUpResult,
  MintedToken,
  Observation,
  Observations,
} from '../model.js';
import { readingOfTokens } from '../observe/readings.js';
import { sameFingerprint } from '../secret/fingerprint.js';
import type { ArrangedParts } from './arrange.js';
import {
  combined,
  mergedCrossChecks,
  mergedReference,
  mergedRetiredKey,
  mergedRotation,
  unread,
} from './combine.js';
import type { ListedParticipant, Part } from './part.js';
import { partName, whyUnobserved } from './part-name.js';
import { withoutStale } from './stale-rotation.js';

/** Several parts as the observations of one check. */
export interface Merged {
  readonly observations: Observations;
  readonly emulators: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Merges parts. Everything is taken from the parts that observed a participant. What another part knows about it only
 * because it read its secret, too, is not counted, except for the tokens that it issued.
 * @param here what was read where the parts are judged
 */
export function mergeParts(
  { parts: named, missing, notes }: ArrangedParts,
  here: readonly Part[] = [],
): Merged {
  const { parts, whyStale } = withoutStale([...named.map(({ part }) => part), ...here]);
  const { environment, reference, algorithm, currency } = named[0].part;
  const all = listedIn(parts);
  const participants = participantsOf({ all, reference, parts, here }, (one) =>
    unread(
      one,
      whyStale.get(one.name) ??
        whyUnobserved(
          one,
          named.map(({ part }) => part),
          missing,
        ),
    ),
  );
  const byName = new Map(participants.map((one) => [one.name, one]));
  const held = allHeld(parts);
  const credible = parts.map((part) => withoutOtherSecrets(part, byName, held));
  const mintedTokens = credible.flatMap(({ mintedTokens = [] }) => mintedTokens);
  const observers = new Map(all.map(({ name }) => [name, credible.filter((part) => part.observes(name))]));
  /** Of a reference without probes, a part that reads it sees all there is. */
  const isSeen = ({ name, isOnlyRead }: ListedParticipant): boolean =>
    observers.get(name)?.length !== 0 ||
    (name === reference && isOnlyRead === true && byName.get(name)?.reading != null);
  const answers = <T extends Attempt | FollowUpResult>(
    of: (part: Credible) => ReadonlyMap<string, readonly T[]>,
  ) =>
    all.flatMap(({ name }) =>
      inSequence((observers.get(name) ?? []).map((part) => of(part).get(name) ?? [])),
    );
  const start = Math.min(...parts.map(({ startedAt }) => Date.parse(startedAt)));
  const end = Math.max(...parts.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs));
  const retiredKey = mergedRetiredKey(parts);
  const rotation = mergedRotation(parts);
  const unverifiedProofs = parts.flatMap((part) => {
    const observed = new Set(part.observed);
    return (part.unverifiedProofs ?? []).filter(({ participant }) => observed.has(participant));
  });
  return {
    observations: {
      environment,
      startedAt: new Date(start),
      durationMs: end - start,
      reference,
      algorithm,
      currency,
      participants: participants.map((one) => withTokens(one, mintedTokens)),
      attempts: answers((part) => part.attempts),
      mintedTokens,
      candidates: distinctCandidates(credible.flatMap(({ candidates }) => candidates)),
      followUps: answers((part) => part.followUps),
      crossChecks: mergedCrossChecks(parts),
      ...(retiredKey === undefined ? {} : { retiredKey }),
      ...rotation,
      ...(unverifiedProofs.length === 0 ? {} : { unverifiedProofs }),
      ...(missing.length === 0 && all.every(isSeen) && !parts.some((part) => part.isIncomplete === true)
        ? {}
        : { isIncomplete: true }),
    },
    emulators: [...new Set(parts.flatMap(({ emulators }) => emulators))],
    notes,
  };
}

/** All participants. A part knows the sources of others only where their variables are set. */
function listedIn(parts: readonly Part[]): ListedParticipant[] {
  const [first, ...rest] = parts.map(({ all }) => all);
  const known = rest.map((all) => new Map(all.map((one) => [one.name, one])));
  return (first ?? []).map((one) =>
    one.source !== null
      ? one
      : (known.find((all) => all.get(one.name)?.source != null)?.get(one.name) ?? one),
  );
}

function participantsOf(
  {
    all,
    reference,
    parts,
    here,
  }: Pick<Part, 'all' | 'reference'> & Readonly<Record<'parts' | 'here', readonly Part[]>>,
  unobserved: (one: ListedParticipant) => Observation,
): Observation[] {
  const read = parts.map((part) => {
    const observed = new Set(part.observed);
    return { part, observed, byName: new Map(part.participants.map((one) => [one.name, one])) };
  });
  return all.map((listed): Observation => {
    const { name } = listed;
    const observations = read.flatMap(({ observed, byName }) =>
      observed.has(name) ? (byName.get(name) ?? []) : [],
    );
    const own = observations.length === 0 ? null : observations.reduce(combined);
    if (name !== reference) return own ?? unobserved(listed);
    const everywhere = read.flatMap(({ part, byName }) => {
      const seen = byName.get(name);
      const where = here.includes(part) ? 'where the parts are judged' : `in ${partName(part.part)}`;
      return seen === undefined ? [] : [{ seen, where }];
    });
    return mergedReference(own, everywhere) ?? unobserved(listed);
  });
}

/** A part without what depends on a secret that the merged observations do not know. */
interface Credible extends Pick<Part, 'candidates' | 'mintedTokens'> {
  observes(name: string): boolean;
  readonly attempts: ReadonlyMap<string, readonly Attempt[]>;
  readonly followUps: ReadonlyMap<string, readonly FollowUpResult[]>;
}

/** Fingerprints of all secrets that any part read. */
const heldBy = ({ participants }: Part): string[] =>
  participants.flatMap(({ reading }) =>
    reading === null || reading.keyBytes === null ? [] : [reading.fingerprint],
  );

const allHeld = (parts: readonly Part[]): ReadonlySet<string> => new Set(parts.flatMap(heldBy));

/**
 * A participant may have another secret where another part reads it, such as a variable of the machine. Tokens that were
 * signed with that secret, and candidates made from it, say nothing about the secret that counts. And a token whose signer
 * is unknown to a part that did not read every secret may be signed with one of the others.
 */
function withoutOtherSecrets(
  part: Part,
  merged: ReadonlyMap<string, Observation>,
  held: ReadonlySet<string>,
): Credible {
  const others = new Set(
    part.participants.filter((one) => isOtherSecret(one, merged.get(one.name))).map(({ name }) => name),
  );
  const own = new Set(heldBy(part));
  const triedAll = [...held].every((one) => own.has(one));
  const isKnown = (token: MintedToken): boolean => triedAll || token.signer !== null;
  const observed = new Set(part.observed);
  return {
    observes: (name) => observed.has(name),
    attempts: groupByParticipant(
      part.attempts.filter(
        ({ minter, minted }) => (minted === undefined || isKnown(minted)) && !others.has(minter ?? ''),
      ),
    ),
    followUps: groupByParticipant(part.followUps),
    candidates: part.candidates.filter(
      ({ of, facts }) => !others.has(of ?? '') && !others.has(facts.participant ?? ''),
    ),
    mintedTokens: (part.mintedTokens ?? []).filter(isKnown),
  };
}

function isOtherSecret({ reading }: Observation, merged: Observation | undefined): boolean {
  if (reading === null || reading.keyBytes === null || merged?.reading == null) return false;
  return !sameFingerprint(reading.fingerprint, merged.reading.fingerprint);
}

/** The answers of one participant; those of the next part come after all of the one before. */
function inSequence<T extends Attempt | FollowUpResult>(byPart: readonly (readonly T[])[]): T[] {
  let after = 0;
  return byPart.flatMap((answers) => {
    const before = after;
    for (const { sequence = 0 } of answers) after = Math.max(after, before + sequence);
    if (before === 0) return [...answers];
    return answers.map((one) =>
      one.sequence === undefined ? one : { ...one, sequence: before + one.sequence },
    );
  });
}

/** The key of a participant that is known only by the tokens it issues: of all parts that asked it for tokens. */
function withTokens(participant: Observation, all: readonly MintedToken[]): Observation {
  if (!isOnlyMint(participant)) return participant;
  const reading = readingOfTokens(all.filter((token) => token.participant === participant.name));
  return reading === null ? participant : { ...participant, reading };
}

/** Each once. Several parts make the same candidates from the same secrets. */
function distinctCandidates(candidates: readonly CandidateFingerprint[]): CandidateFingerprint[] {
  const seen = new Map<string, CandidateFingerprint>();
  for (const one of candidates) {
    const key = JSON.stringify([one.code, one.of, one.undone, one.text, one.fingerprint]);
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}
