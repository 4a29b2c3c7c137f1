import type { Severity } from '../model.js';
import { type Instant, type KeyUse, longestLife } from './key-use.js';
import { enteredAt, type RotationRecord } from './rotation-record.js';

/** Findings about a rotation. */
export const deviationCodes = [
  'signs-too-early',
  'signs-with-retired-key',
  'accepts-retired-key',
  'rotation-lagging',
  'rotation-stalled',
] as const;
export type DeviationCode = (typeof deviationCodes)[number];

/** A participant that is not where the state of the rotation wants it, or a rotation that does not move. */
export interface Deviation {
  readonly code: DeviationCode;
  readonly severity: Severity;
  /** Empty where it is the rotation itself. */
  readonly participants: readonly string[];
  /** The version that it is about. */
  readonly key: number | null;
  /** Probes that showed it. */
  readonly probes: readonly string[];
  /** Since when it has to be otherwise. */
  readonly since: Instant;
}

/** A rotation may be open for this much longer than its drain; milliseconds. */
const stalledAfter = 24 * 3_600_000;

/** The part of a record from which deviations are derived. */
export type RotationFacts = Pick<RotationRecord, 'mode' | 'state' | 'from' | 'to' | 'times'> & {
  readonly terms: Pick<RotationRecord['terms'], 'drain' | 'skew' | 'settle' | 'patience'>;
};

/** All deviations that one check shows, most severe kinds first; none where everyone is where the state wants them. */
export function deviationsIn(record: RotationFacts | null, use: KeyUse, now: Instant): Deviation[] {
  if (record === null || record.to === null) return [];
  const between: Between = { ...record, to: record.to };
  return [
    ...signsTooEarly(between, use, now),
    ...signsWithRetiredKey(between, use, now),
    ...acceptsRetiredKey(between, use, now),
    ...rotationLagging(between, use, now),
    ...rotationStalled(between, use, now),
  ];
}

/** A record whose new version is known. */
export interface Between extends RotationFacts {
  readonly to: number;
}

/** An issuer signs with the new key before any verifier is proved to accept it. */
export function signsTooEarly(record: Between, use: KeyUse, now: Instant): Deviation[] {
  const { state, to } = record;
  if (state !== 'staged' && state !== 'idle') return [];
  // After a step back, issuers need the time to follow.
  if (record.times.promoted !== undefined && isPatient(record, now)) return [];
  return signers(use, to).map((participant) => ({
    ...of(record, participant, to),
    code: 'signs-too-early',
    severity: 'critical',
  }));
}

/** An issuer still signs with the old key: at first it lags, and once that key is revoked its tokens are rejected. */
export function signsWithRetiredKey(record: Between, use: KeyUse, now: Instant): Deviation[] {
  const { state, from } = record;
  if (state !== 'promoted' && state !== 'revoked' && state !== 'finished') return [];
  const severity = state === 'promoted' ? lagging(record, now) : 'critical';
  return signers(use, from).map((participant) => ({
    ...of(record, participant, from),
    code: 'signs-with-retired-key',
    severity,
  }));
}

/**
 * A verifier accepts tokens of the old key after it was revoked. For as long as a change takes to arrive, that is how a
 * rotation goes; but not where the key has leaked.
 */
export function acceptsRetiredKey(record: Between, use: KeyUse, now: Instant): Deviation[] {
  const { state, from, mode, terms } = record;
  if (state !== 'revoked' && state !== 'finished') return [];
  if (state === 'revoked' && mode !== 'emergency' && now - enteredAt(record) < terms.settle) return [];
  return verifiers(use, from, 'accepted').map(({ participant, probes }) => ({
    ...of(record, participant, from),
    probes,
    code: 'accepts-retired-key',
    severity: 'critical',
  }));
}

/**
 * A participant does not have a key that it has to accept: the new one until everyone has it is a matter of patience, one
 * whose tokens services present is not.
 */
export function rotationLagging(record: Between, use: KeyUse, now: Instant): Deviation[] {
  const lag = (participant: string, key: number, probes: readonly string[], mayLag: boolean): Deviation => ({
    ...of(record, participant, key),
    probes,
    code: 'rotation-lagging',
    severity: mayLag ? lagging(record, now) : 'error',
  });
  const { state, to, mode } = record;
  const byTokens = neededIn(record).flatMap((key) =>
    verifiers(use, key, 'rejected').map(({ participant, probes }) =>
      lag(participant, key, probes, mode !== 'overlap' || (state === 'staged' && key === to)),
    ),
  );
  const listing = new Set(use.participants.filter((one) => one.isVerifier).map(({ name }) => name));
  const lists = use.stated.filter(({ participant }) => listing.has(participant));
  const byLists = neededIn(record).flatMap((key) =>
    namesOf(lists.filter(({ accepts }) => !accepts.includes(key) && isRead(use, key))).map((participant) =>
      lag(participant, key, [], true),
    ),
  );
  return worstOfEach([
    ...byTokens,
    ...byLists,
    ...byFingerprint(record, use).map((one) => lag(one, to, [], true)),
  ]);
}

/** The keys whose tokens verifiers have to accept. */
export function neededIn({ state, mode, from, to }: Between): readonly number[] {
  // Without a time in which both keys are accepted, tokens of the old one are rejected on purpose.
  const needed: Partial<Record<typeof state, readonly number[]>> = {
    staged: mode === 'overlap' ? [to, from] : [to],
    promoted: mode === 'overlap' ? [to, from] : [to],
    revoked: [to],
  };
  return needed[state] ?? [];
}

/** Participants that still show the old key, and are not known to accept the new one. */
function byFingerprint({ state, from, to }: Between, { shown = [], stated, presented }: KeyUse): string[] {
  if (state !== 'promoted' && state !== 'revoked') return [];
  const hasNew = new Set(
    [
      ...stated.filter(({ accepts }) => accepts.includes(to)),
      ...presented.filter(({ key, outcome }) => key === to && outcome === 'accepted'),
    ].map(({ participant }) => participant),
  );
  return namesOf(shown.filter(({ participant, key }) => key === from && !hasNew.has(participant)));
}

const isRead = ({ unread = [] }: KeyUse, key: number): boolean => !unread.includes(key);

/** One for each participant and key: the worst, with the probes of all. */
function worstOfEach(all: readonly Deviation[]): Deviation[] {
  const worst = new Map<string, Deviation>();
  for (const one of all) {
    const place = JSON.stringify([one.participants, one.key]);
    const other = worst.get(place);
    const isWorse = other === undefined || (other.severity === 'warning' && one.severity !== 'warning');
    const probes = [...new Set([...(other?.probes ?? []), ...one.probes])];
    worst.set(place, { ...(isWorse ? one : other), probes });
  }
  return [...worst.values()];
}

/** A rotation that is open for longer than its drain and a day was forgotten, or is stuck. */
export function rotationStalled(record: RotationFacts, use: KeyUse, now: Instant): Deviation[] {
  if (record.state === 'idle' || record.state === 'finished') return [];
  const opened = Date.parse(record.times.opened);
  const until = opened + longestLife(record.terms, [use]) + record.terms.skew + stalledAfter;
  if (now <= until) return [];
  return [
    {
      code: 'rotation-stalled',
      severity: 'warning',
      participants: [],
      key: record.to,
      probes: [],
      since: opened,
    },
  ];
}

const isPatient = (record: RotationFacts, now: Instant): boolean =>
  now - enteredAt(record) < record.terms.patience;

const lagging = (record: RotationFacts, now: Instant): Severity =>
  isPatient(record, now) ? 'warning' : 'error';

const of = (record: RotationFacts, participant: string, key: number) => ({
  participants: [participant],
  key,
  probes: [],
  since: enteredAt(record),
});

const namesOf = (list: readonly { readonly participant: string }[]): string[] => [
  ...new Set(list.map(({ participant }) => participant)),
];

function signers({ participants, signed }: KeyUse, key: number): string[] {
  const issuers = new Set(participants.filter((one) => one.isIssuer).map((one) => one.name));
  return namesOf(signed.filter((token) => issuers.has(token.participant) && token.key === key));
}

/** Verifiers that gave this answer to a token of this key, backdated or not, with the probes that showed it. */
function verifiers(
  { presented }: KeyUse,
  key: number,
  outcome: 'accepted' | 'rejected',
): { participant: string; probes: string[] }[] {
  const shown = presented.filter((token) => token.key === key && token.outcome === outcome);
  // An old token may be rejected for its age alone.
  const counted = outcome === 'rejected' ? shown.filter((token) => !token.isBackdated) : shown;
  return namesOf(counted).map((participant) => ({
    participant,
    probes: [
      ...new Set(counted.filter((token) => token.participant === participant).map(({ probe }) => probe)),
    ],
  }));
}
