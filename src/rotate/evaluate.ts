import type { Instant, KeyUse } from '../rotation/key-use.js';
import { enteredAt } from '../rotation/rotation-record.js';
import { durationText } from '../schema/duration.js';
import type { Lack } from './conditions.js';
import type { Gate, GateInput, GateResult, WaitingFor } from './gate.js';
import { evidenceOf, type Moved, movedSince } from './gate-evidence.js';

/** Longer ago, a check says nothing about the present; milliseconds. */
const freshness = 5 * 60_000;

/** Decides on a gate. Pure. */
export function evaluate(gate: Gate, input: GateInput): GateResult {
  const view = viewOf(gate, input);
  const { uses, latest, moved } = view;
  const found = latest === undefined ? [] : view.lacksOf(latest);
  const missing = found.filter(({ lack }) => !view.isTrusted(lack));
  const isConfirmed = !gate.isTwice || missing.length > 0 || (moved !== null && moved.at !== null);
  const waitingFor: WaitingFor[] = [
    ...missing.map(({ condition, lack }) => ({ ...lack, condition, since: sinceWhen(view, lack) })),
    ...(isConfirmed ? [] : unconfirmed(view, input)),
    ...gate.overall.flatMap(({ name, lacks }) =>
      lacks({ ...input, uses }, moved).map((lack) => ({
        ...lack,
        condition: name,
        since: Math.max(view.entered, 0),
      })),
    ),
    ...clockLacks(view, input.now),
  ];
  const trusted = found.filter(({ lack }) => view.isTrusted(lack)).map(({ lack }) => lack.participant ?? '');
  const common = { evidence: evidenceOf(uses), trusted: [...new Set(trusted)], moved };
  if (waitingFor.length === 0) return { ...common, holds: true };
  return { ...common, holds: false, refuted: waitingFor.some(({ is }) => is === 'refuted'), waitingFor };
}

/** The checks of the present state, seen by one gate. */
interface View {
  /** When the state was entered. */
  readonly entered: Instant;
  /** Checks since then. */
  readonly uses: readonly KeyUse[];
  readonly latest: KeyUse | undefined;
  readonly moved: Moved | null;
  lacksOf(use: KeyUse): readonly { readonly condition: string; readonly lack: Lack }[];
  isTrusted(lack: Lack): boolean;
  /** A check that shows all that it has to. */
  isGood(use: KeyUse): boolean;
}

function viewOf(gate: Gate, { uses: all, record, terms, trusts: more, now }: GateInput): View {
  const entered = record === null ? Number.NEGATIVE_INFINITY : enteredAt(record);
  const uses = all.filter((use) => use.startedAt >= entered);
  const isPatient = record !== null && now - entered < terms.patience;
  const trusts = new Set([...more, ...(record?.trusts ?? [])]);
  const isTrusted = ({ is, participant }: Lack): boolean =>
    is === 'unproved' && participant !== null && trusts.has(participant);
  const known = new Map<KeyUse, ReturnType<View['lacksOf']>>();
  const lacksOf: View['lacksOf'] = (use) => {
    const found =
      known.get(use) ??
      gate.checks.flatMap(({ name, lacks }) =>
        lacks(use, isPatient).map((lack) => ({ condition: name, lack })),
      );
    known.set(use, found);
    return found;
  };
  const isGood = (use: KeyUse): boolean => lacksOf(use).every(({ lack }) => isTrusted(lack));
  const remembered = record?.movedAt == null ? null : Date.parse(record.movedAt);
  const from = { remembered, earliest: entered + terms.settle, settle: terms.settle };
  const moved = gate.movesTo === null ? null : movedSince(uses, gate.movesTo, from, isGood);
  return { entered, uses, latest: uses.at(-1), moved, lacksOf, isTrusted, isGood };
}

/** The start of the unbroken run of checks, up to the latest, that show the same lack. */
function sinceWhen({ uses, lacksOf }: View, lack: Lack): Instant {
  const isSame = (other: Lack): boolean =>
    other.participant === lack.participant &&
    other.probe === lack.probe &&
    other.instance === lack.instance &&
    other.what === lack.what;
  const last = uses.findLastIndex((use) => !lacksOf(use).some((one) => isSame(one.lack)));
  return uses[last + 1]?.startedAt ?? 0;
}

/** All is well in the latest check, and has to be once more. */
function unconfirmed({ uses, isGood, entered }: View, { terms: { settle } }: GateInput): WaitingFor[] {
  const run = uses.slice(uses.findLastIndex((use) => !isGood(use)) + 1);
  const latest = run.at(-1);
  if (latest === undefined) return [];
  const first = run.find((use) => use.startedAt >= entered + settle);
  if (first !== undefined && latest.startedAt - first.endedAt >= settle) return [];
  return [
    {
      condition: 'twice',
      participant: null,
      what: `it must hold in two checks that are ${durationText(settle)} apart`,
      is: 'not-yet',
      since: (first ?? latest).startedAt,
      until: first === undefined ? entered + settle : first.endedAt + settle,
    },
  ];
}

/** A check in the future, or a state that was entered there: a clock was set, and no time that passed can be known. */
function clockLacks({ latest, entered }: View, now: Instant): WaitingFor[] {
  const lack = (what: string): WaitingFor[] => [
    { condition: 'checked', participant: null, what, is: 'unproved', since: now },
  ];
  // Checks before the state was entered are not counted, so that with such a clock there is no latest one.
  if (entered > now || (latest !== undefined && latest.endedAt > now))
    return lack(
      'the clock of this machine is behind the times of the rotation: set it right, then check again',
    );
  if (latest === undefined) return lack('no check has been made in this state yet');
  return now - latest.endedAt > freshness ? lack('the latest check is too old: check again') : [];
}
