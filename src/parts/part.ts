import { fingerprintsOf } from '../judge/participants.js';
import { defaultReach, type Fingerprint, type FollowUpResult, type Observations } from '../model.js';
import type { PartName, Plan, PlannedParticipant } from '../observe/plan.js';
import { type ConfiguredParticipant, configuredParticipant } from '../observe/readings.js';
import { firstDigits, sameFingerprint } from '../secret/fingerprint.js';
import { version } from '../version.js';

/** The name of the format, in every document. */
export const formatOfParts = 'jwtcheck-observations';

/** The version of the document: later versions only add members. */
export const schemaVersion = 1;

/** The version of what is observed and how. Only parts of the same version can be judged together. */
export const protocol = 1;

/** A participant as the configuration describes it, and the label of its network. */
export interface ListedParticipant extends ConfiguredParticipant {
  readonly reach: string;
  /** It has no probes and issues no tokens: a part that reads it sees everything. */
  readonly isOnlyRead?: boolean;
}

/** Where a part is judged, other flags select the configuration. */
type Content = Omit<Observations, 'startedAt' | 'commandFlags'>;

/** Participants, tokens and answers, as one run observed them. */
export interface ObservedPart extends Content {
  /** RFC 3339, UTC. */
  readonly startedAt: string;
}

/** The observations of one run as a document. It contains no secret. */
export interface Part extends ObservedPart {
  readonly format: typeof formatOfParts;
  readonly schemaVersion: typeof schemaVersion;
  readonly protocol: number;
  readonly tool: { readonly name: 'jwtcheck'; readonly version: string };
  /** Digest of the configuration, without any secret. Equal for all parts of one check. */
  readonly configuration: string;
  /** Digest of the flags that decide what is observed. Equal for all parts of one check. */
  readonly selection: string;
  /** `null`: it is not a part, but the whole. */
  readonly part: PartName | null;
  /** The participants of all parts, in the order of the configuration. */
  readonly all: readonly ListedParticipant[];
  /** Names of the participants that this part observed. Others in `participants` were only read for their secrets. */
  readonly observed: readonly string[];
  /** As in the report. */
  readonly emulators: readonly string[];
}

/** The document of one run. */
export function partOf(
  { startedAt, commandFlags: _, ...observations }: Observations,
  plan: Plan,
  more: Pick<Part, 'configuration' | 'selection' | 'emulators'> & {
    readonly label: (text: string) => string;
  },
): Part {
  const { share } = plan;
  const names = plan.participants.map(({ name }) => name);
  return {
    format: formatOfParts,
    schemaVersion,
    protocol,
    tool: { name: 'jwtcheck', version },
    configuration: more.configuration,
    selection: more.selection,
    part: share?.part ?? null,
    startedAt: startedAt.toISOString(),
    ...withoutUnneeded(observations),
    all: (share?.all ?? plan.participants).map((one) => ({
      ...configuredParticipant(plan, one, more),
      reach: one.settings.reach ?? defaultReach,
      ...(isOnlyRead(one) ? { isOnlyRead: true } : {}),
    })),
    observed: share === undefined ? names : names.filter((name) => share.observed.has(name)),
    emulators: more.emulators,
  };
}

const isOnlyRead = ({ settings: { probes = [], mint } }: PlannedParticipant): boolean =>
  probes.length === 0 && mint === undefined;

/**
 * Without what the judge does not need, and what would help to guess a secret: fingerprints of candidates that were only
 * tried, such as those of the first characters of a secret, and the exact length of a secret.
 */
function withoutUnneeded(observations: Content): Content {
  const followUps = observations.followUps.map((one) => (isProved(one) ? one : { ...one, form: null }));
  const isShown = seenIn(observations, followUps);
  return {
    ...observations,
    participants: observations.participants.map(({ reading, ...one }) => ({
      ...one,
      reading: reading === null ? null : { ...reading, keyBytes: roughLength(reading.keyBytes) },
    })),
    followUps,
    candidates: observations.candidates.filter(({ fingerprint }) => isShown(fingerprint)),
  };
}

/** No algorithm needs a longer key (RFC 7518 §3.2). */
const longestNeeded = 64;

const roughLength = (bytes: number | null): number | null =>
  bytes === null ? null : Math.min(bytes, longestNeeded);

const isProved = ({ result, signatureVerified }: FollowUpResult): boolean =>
  result === 'accepted' || signatureVerified === true;

/** Whether a fingerprint is that of a key that is in use, or of one that must not be. */
function seenIn(
  { participants, mintedTokens = [], crossChecks, retiredKey }: Content,
  followUps: readonly FollowUpResult[],
): (fingerprint: Fingerprint) => boolean {
  const byBeginning = new Map<string, Fingerprint[]>();
  const seen = [
    ...participants.flatMap((one) => [...fingerprintsOf(one), ...(one.reading?.accepts ?? [])]),
    ...mintedTokens.flatMap(({ signer, accepts = [] }) => [...(signer === null ? [] : [signer]), ...accepts]),
    ...crossChecks.flatMap(({ fingerprints }) => fingerprints),
    ...followUps.flatMap(({ form }) => form?.fingerprint ?? []),
    ...(retiredKey?.fingerprint == null ? [] : [retiredKey.fingerprint]),
  ];
  for (const one of new Set(seen)) {
    const beginning = firstDigits(one);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), one]);
  }
  return (fingerprint) =>
    (byBeginning.get(firstDigits(fingerprint)) ?? []).some((one) => sameFingerprint(one, fingerprint));
}
