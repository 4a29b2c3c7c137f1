import type { ExitCode } from '../model.js';
import { type KeyUse, longestLife } from '../rotation/key-use.js';
import { isOpen, type RotationRecord } from '../rotation/rotation-record.js';
import { durationText } from '../schema/duration.js';
import {
  accepts,
  always,
  hasProbes,
  isConsistent,
  noLatest,
  noPins,
  noSignerOf,
  rejectsForged,
  rejectsRetired,
  signsWith,
} from './conditions.js';
import type { Gate, GateResult, Overall } from './gate.js';
import type { Moved } from './gate-evidence.js';

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
  // A verifier may join while a rotation is open: every gate asks for its probes.
  const onNew = [hasProbes, always(accepts(to, 'accepts-new-key')), rejectsForged];
  switch (record.state) {
    case 'staged':
      return {
        ...gate,
        checks: [
          hasProbes,
          always(accepts(from, 'accepts-old-key')),
          accepts(to, 'accepts-new-key'),
          rejectsForged,
        ],
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
      const inUse = [hasProbes, accepts(to, 'accepts-new-key'), rejectsForged, signsWith(to)];
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

/** The exit code of a command that stops at a gate. */
export function exitCodeOfGate(result: GateResult): Extract<ExitCode, 0 | 1 | 3> {
  if (result.holds) return 0;
  return result.refuted ? 1 : 3;
}

/** No other rotation is under way. */
const nothingOpen: Overall = {
  name: 'nothing-open',
  lacks: ({ record }) =>
    isOpen(record)
      ? [{ participant: null, what: `rotation ${record.id} is open (${record.state})`, is: 'refuted' }]
      : [],
};

/** The longest life of every token type is configured, and no token was seen that lives longer. */
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

/** No issuer signed with another key in the latest check. */
const isMoving = (uses: readonly KeyUse[], moved: Moved | null): boolean => {
  const latest = uses.at(-1);
  return (
    moved !== null &&
    latest !== undefined &&
    moved.lastSighting !== latest.endedAt &&
    latest.signed.length > 0
  );
};

/** The last token that can have been signed with the other key has expired everywhere. */
const drained: Overall = {
  name: 'drained',
  lacks: ({ uses, terms, now }, moved) => {
    if (moved === null || moved.at === null)
      return [
        {
          participant: null,
          what: isMoving(uses, moved)
            ? 'the drain has not begun: two checks that are settle apart have to see every issuer sign with the new key; jwtcheck rotate next --apply makes them, and remembers when'
            : 'the drain has not begun: not every issuer is seen to have moved',
          is: 'not-yet',
        },
      ];
    const until = moved.at + longestLife(terms, uses) + terms.skew;
    if (now >= until) return [];
    const what = `tokens of the other key can be valid until ${new Date(until).toISOString()}`;
    return [{ participant: null, what, is: 'not-yet', until }];
  },
};
