import type { ExitCode } from '../model.js';
import type { RotationRecord } from '../rotation/rotation-record.js';
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
import type { Gate, GateResult } from './gate.js';
import { drained, livesKnown, nothingOpen } from './overall.js';

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
