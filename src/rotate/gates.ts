import type { ExitCode } from '../model.js';
import { durationText } from '../schema/duration.js';
import {
  accepts,
  always,
  type Condition,
  hasProbes,
  isConsistent,
  type Lack,
  noLatest,
  noPins,
  noSignerOf,
  rejectsForged,
  rejectsRetired,
  signsWith,
} from './conditions.js';
import { longestLife, type Moved, movedSince } from './drain.js';
import { type Evidence, evidenceOf } from './evidence.js';
import type { Instant, KeyUse } from './key-use.js';
import { enteredAt, isOpen, type RotationRecord, type RotationTerms } from './model.js';

/** Longer ago, a check says nothing about the present; milliseconds. */
const freshness = 5 * 60_000;

/** All that decides whether the next step may be taken. */
export interface GateInput {
  /** Checks so far, oldest first; those of earlier states are passed over. */
  readonly uses: readonly KeyUse[];
  /** What the secret remembers; `null`: it never rotated. */
  readonly record: RotationRecord | null;
  /** Settings in effect: of the record once a rotation is open. */
  readonly terms: RotationTerms;
  /** Every configured token type. */
  readonly tokenTypes: readonly string[];
  /** Participants that are trusted without proof, beside those of the record. */
  readonly trusts: readonly string[];
  readonly now: Instant;
}

/** What a gate still waits for. */
export interface WaitingFor extends Omit<Lack, 'is'> {
  /** Name of the condition. */
  readonly condition: string;
  readonly is: Lack['is'];
  /** Since when it has been so without a break, as far as the checks show. */
  readonly since: Instant;
  /** From when on it can hold, where that is known. */
  readonly until?: Instant | undefined;
}

interface GateCommon {
  readonly evidence: readonly Evidence[];
  /** Participants that were not proved and are trusted; every report names them. */
  readonly trusted: readonly string[];
  /** What to remember of the issuers; `null` where this gate does not ask for them. */
  readonly moved: Moved | null;
}

export type GateResult = GateCommon &
  (
    | { readonly holds: true }
    | { readonly holds: false; readonly refuted: boolean; readonly waitingFor: readonly WaitingFor[] }
  );

/** A condition on more than one check. */
interface Overall {
  readonly name: string;
  lacks(input: GateInput, moved: Moved | null): readonly (Lack & { readonly until?: Instant })[];
}

/** What has to hold before a step is taken. */
export interface Gate {
  /** Each check has to show these. */
  readonly checks: readonly Condition[];
  /** Two checks in a row have to, apart by `settle`, the first no earlier than `settle` after the state was entered. */
  readonly isTwice: boolean;
  readonly overall: readonly Overall[];
  /** The version that issuers have to have moved to, and that the drain of the other one counts from. */
  readonly movesTo: number | null;
}

const gate = { isTwice: true, overall: [], movesTo: null };

/** The gate before anything is written: of `jwtcheck rotate start`. */
export function startGate(): Gate {
  return {
    ...gate,
    checks: [isConsistent, hasProbes, noLatest],
    isTwice: false,
    overall: [nothingOpen, livesKnown],
  };
}

/** The gate from the state of a record to the next one; `null` where there is none: finished. */
export function gateAfter(record: RotationRecord | null): Gate | null {
  if (record === null || record.state === 'idle' || record.to === null) return startGate();
  const { from, to, mode } = record;
  const onNew = [always(accepts(to, 'accepts-new-key')), rejectsForged];
  switch (record.state) {
    case 'staged':
      return {
        ...gate,
        checks: [always(accepts(from, 'accepts-old-key')), accepts(to, 'accepts-new-key'), rejectsForged],
      };
    case 'promoted':
      // A cutover has no time in which both keys are accepted: nothing would be waited for.
      return {
        ...gate,
        checks: [...onNew, signsWith(to)],
        overall: mode === 'cutover' ? [] : [drained],
        movesTo: to,
      };
    case 'revoked': {
      // In an emergency the services still have to take the new key over.
      const inUse = [accepts(to, 'accepts-new-key'), rejectsForged, signsWith(to)];
      return {
        ...gate,
        checks: [
          ...(mode === 'emergency' ? inUse : [...onNew, always(signsWith(to))]),
          rejectsRetired(from),
          noPins(from),
        ],
      };
    }
    case 'finished':
      return null;
  }
}

/**
 * The gate for one step back; `null` where none is needed. Only where the new key was in use does taking it away need the
 * same care as taking the old one away.
 */
export function gateBefore(record: RotationRecord): Gate | null {
  const { state, mode, from, to, times } = record;
  if (state !== 'staged' || mode !== 'overlap' || to === null) return null;
  if (times.promoted === undefined) return { ...gate, checks: [noSignerOf(to)], isTwice: false };
  return {
    ...gate,
    checks: [always(accepts(from, 'accepts-old-key')), rejectsForged, signsWith(from)],
    overall: [drained],
    movesTo: from,
  };
}

/** Decides on a gate. Pure. */
export function evaluate(gate: Gate, input: GateInput): GateResult {
  const { record, terms, now } = input;
  const entered = record === null ? Number.NEGATIVE_INFINITY : enteredAt(record);
  const uses = input.uses.filter((use) => use.startedAt >= entered);
  const isPatient = record !== null && now - entered < terms.patience;
  const trusts = new Set([...input.trusts, ...(record?.trusts ?? [])]);
  const isTrusted = (lack: Lack): boolean =>
    lack.is === 'unproved' && lack.participant !== null && trusts.has(lack.participant);
  const all = gate.checks.map((condition) => ({
    condition,
    lacksOf: (use: KeyUse) => condition.lacks(use, isPatient),
  }));
  const isGood = (use: KeyUse): boolean => all.every(({ lacksOf }) => lacksOf(use).every(isTrusted));

  const moved =
    gate.movesTo === null
      ? null
      : movedSince(
          uses,
          gate.movesTo,
          { remembered: rememberedOf(record), earliest: entered + terms.settle, settle: terms.settle },
          isGood,
        );
  const latest = uses.at(-1);
  const found =
    latest === undefined
      ? []
      : all.flatMap(({ condition, lacksOf }) => {
          return lacksOf(latest).map((lack) => ({ condition: condition.name, lack, lacksOf }));
        });
  const missing = found.filter(({ lack }) => !isTrusted(lack));
  const waitingFor: WaitingFor[] = [
    ...missing.map(({ condition, lack, lacksOf }) => ({
      ...lack,
      condition,
      since: sinceWhen(uses, (use) => lacksOf(use).some((other) => isSame(other, lack))),
    })),
    ...(gate.isTwice && latest !== undefined && missing.length === 0 && moved?.at == null
      ? unconfirmed(uses, isGood, input, entered)
      : []),
    ...gate.overall.flatMap(({ name, lacks }) =>
      lacks({ ...input, uses }, moved).map((lack) => ({
        ...lack,
        condition: name,
        since: Math.max(entered, 0),
      })),
    ),
    ...clockLacks(latest, entered, now),
  ];
  const common = {
    evidence: evidenceOf(uses),
    trusted: [
      ...new Set(found.filter(({ lack }) => isTrusted(lack)).map(({ lack }) => lack.participant ?? '')),
    ],
    moved,
  };
  if (waitingFor.length === 0) return { ...common, holds: true };
  return { ...common, holds: false, refuted: waitingFor.some(({ is }) => is === 'refuted'), waitingFor };
}

/** The exit code of a command that stops at a gate. */
export function exitCodeOfGate(result: GateResult): Extract<ExitCode, 0 | 1 | 3> {
  if (result.holds) return 0;
  return result.refuted ? 1 : 3;
}

const rememberedOf = (record: RotationRecord | null): Instant | null =>
  record?.movedAt == null ? null : Date.parse(record.movedAt);

/** The start of the unbroken run of checks, up to the latest, of which something is true. */
function sinceWhen(uses: readonly KeyUse[], isSo: (use: KeyUse) => boolean): Instant {
  const last = uses.findLastIndex((use) => !isSo(use));
  return uses[last + 1]?.startedAt ?? 0;
}

const isSame = (a: Lack, b: Lack): boolean =>
  a.participant === b.participant && a.probe === b.probe && a.instance === b.instance && a.what === b.what;

/** All is well in the latest check, and has to be once more. */
function unconfirmed(
  uses: readonly KeyUse[],
  isGood: (use: KeyUse) => boolean,
  { terms: { settle }, now }: GateInput,
  entered: Instant,
): WaitingFor[] {
  const run = uses.slice(uses.findLastIndex((use) => !isGood(use)) + 1);
  const first = run.find((use) => use.startedAt >= entered + settle);
  const latest = run.at(-1);
  if (first !== undefined && latest !== undefined && latest.startedAt - first.endedAt >= settle) return [];
  const until = first === undefined ? entered + settle : first.endedAt + settle;
  const what = `it must hold in two checks that are ${durationText(settle)} apart`;
  const since = first?.startedAt ?? latest?.startedAt ?? now;
  return [{ condition: 'twice', participant: null, what, is: 'not-yet', since, until }];
}

/** A check in the future, or a state that was entered there: a clock was set, and no time that passed can be known. */
function clockLacks(latest: KeyUse | undefined, entered: Instant, now: Instant): WaitingFor[] {
  const lack = (what: string): WaitingFor[] => [
    { condition: 'checked', participant: null, what, is: 'unproved', since: now },
  ];
  if (latest === undefined) return lack('no check has been made in this state yet');
  if (latest.endedAt > now || entered > now)
    return lack(
      'the clock of this machine is behind the times of the rotation: set it right, then check again',
    );
  return now - latest.endedAt > freshness ? lack('the latest check is too old: check again') : [];
}

const nothingOpen: Overall = {
  name: 'nothing-open',
  lacks: ({ record }) =>
    isOpen(record)
      ? [{ participant: null, what: `rotation ${record.id} is open (${record.state})`, is: 'refuted' }]
      : [],
};

const livesKnown: Overall = {
  name: 'lives-known',
  lacks: ({ uses, terms: { drain }, tokenTypes }) => [
    ...tokenTypes
      .filter((type) => !Object.hasOwn(drain, type))
      .map((type) => ({
        participant: null,
        what: `the longest life of ${type} tokens is not known: set rotation.drain.${type}`,
        is: 'unproved' as const,
      })),
    ...(uses.at(-1)?.signed ?? []).flatMap(({ participant, tokenType, lifeMs }) => {
      const known = tokenType === null || !Object.hasOwn(drain, tokenType) ? undefined : drain[tokenType];
      if (typeof known !== 'number' || lifeMs === null || lifeMs <= known) return [];
      const what = `signs ${tokenType} tokens that live ${durationText(lifeMs)}; rotation.drain.${tokenType} is ${durationText(known)}`;
      return [{ participant, what, is: 'refuted' as const }];
    }),
  ],
};

/** The last token that can have been signed with the other key has expired everywhere. */
const drained: Overall = {
  name: 'drained',
  lacks: ({ uses, terms, now }, moved) => {
    if (moved === null || moved.at === null)
      return [
        {
          participant: null,
          what: 'the drain has not begun: not every issuer is seen to have moved',
          is: 'not-yet',
        },
      ];
    const until = moved.at + longestLife(terms, uses) + terms.skew;
    if (now >= until) return [];
    const what = `tokens of the other key can be valid until ${new Date(until).toISOString()}`;
    return [{ participant: null, what, is: 'not-yet', until }];
  },
};
