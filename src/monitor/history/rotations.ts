import { type OpenRotationState, openRotationStates, type RotationMode } from '../../model.js';
import { deviationCodes } from '../../rotation/deviations.js';
import { quantile } from './adoptions.js';
import type { CheckRecord, RecordedRotation, RotationRecord } from './record.js';

/** One rotation. The shape is public: later versions only add to it. */
export interface RotationStatistics {
  readonly id: string;
  readonly mode: RotationMode;
  /** The version that is replaced, and the new one; `null` if it was undone before it had one. */
  readonly from: number;
  readonly to: number | null;
  /** `lost`: its end was not recorded, and the next one began. */
  readonly status: 'open' | 'finished' | 'rolled-back' | 'lost';
  /** By the record in the secret. RFC 3339, UTC, as all times. */
  readonly openedAt: string;
  /** `null`: it is open, or its end was not recorded. */
  readonly endedAt: string | null;
  /** To its end; of one whose end was not recorded, to the last record of it, or to the last check if it is open. */
  readonly durationMs: number;
  /** The states that were seen, in their order. */
  readonly states: readonly RotationVisit[];
  /** Whether it was open for longer than its drain and a day. */
  readonly stalled: boolean;
  /** Checks while it was open, in the time asked for. */
  readonly checks: number;
  /** Deviations that these checks showed; the most frequent first. */
  readonly deviations: readonly { readonly code: string; readonly checks: number }[];
  /** Valid tokens that these checks saw rejected. */
  readonly rejectedTokens: number;
}

/** A time in one state. */
export interface RotationVisit {
  readonly state: OpenRotationState;
  readonly from: string;
  /** `null`: it is in this state, or no check saw the state that followed. */
  readonly until: string | null;
  readonly durationMs: number | null;
}

/** How often, and how well, rotations went. */
export interface RotationSummary {
  readonly total: number;
  readonly finished: number;
  readonly rolledBack: number;
  readonly open: number;
  readonly lost: number;
  readonly stalled: number;
  /** Those that finished, never stalled, and in which no deviation and no rejected valid token was seen. */
  readonly clean: number;
  readonly rejectedTokens: number;
  /** Between the openings of two; `null` of fewer. */
  readonly meanTimeBetweenMs: number | null;
  /** Of those that finished: milliseconds from the opening to the end. */
  readonly p50Ms: number | null;
  readonly maxMs: number | null;
  /** How long each state lasted, where its end was seen. */
  readonly states: readonly {
    readonly state: OpenRotationState;
    readonly visits: number;
    readonly p50Ms: number | null;
    readonly maxMs: number | null;
  }[];
}

export interface RotationsStatistics {
  readonly rotations: readonly RotationStatistics[];
  readonly rotationSummary: RotationSummary;
}

type State = RecordedRotation['state'];

const isEnd = (state: State): state is 'finished' | 'rolled-back' =>
  state === 'finished' || state === 'rolled-back';

/** States that may follow each other; between others, checks missed one. */
const followers: Readonly<Record<OpenRotationState, readonly State[]>> = {
  staged: ['promoted', 'rolled-back'],
  promoted: ['staged', 'revoked', 'rolled-back'],
  revoked: ['promoted', 'finished'],
};

/** Deviations from a rotation; a stall is counted separately. */
const deviations: ReadonlySet<string> = new Set(deviationCodes.filter((code) => code !== 'rotation-stalled'));

/** More are not kept. */
const mostRotations = 200;

/** States of one rotation that are kept: one that goes back and forth is kept from its beginning. */
const mostEntries = 100;

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

class Rotation {
  /** By when they were entered: an older record that is read again changes nothing. */
  readonly #entries = new Map<string, { readonly state: State; readonly at: string }>();
  readonly #deviations = new Map<string, number>();
  mode: RotationMode;
  to: number | null;
  isLost = false;
  stalled = false;
  checks = 0;
  rejectedTokens = 0;
  recordedAt: string;

  constructor(
    readonly id: string,
    readonly from: number,
    readonly openedAt: string,
    { rotation: { mode, to }, at }: RotationRecord,
  ) {
    this.mode = mode;
    this.to = to;
    this.recordedAt = at;
  }

  add({ at, stalled, rotation: { state, mode, to, enteredAt } }: RotationRecord): void {
    this.recordedAt = at;
    this.mode = mode;
    this.to = to ?? this.to;
    this.stalled ||= stalled;
    if (this.#entries.size < mostEntries)
      this.#entries.set(`${enteredAt} ${state}`, { state, at: enteredAt });
  }

  /** The newest end, if nothing came after it. */
  end(): { readonly state: 'finished' | 'rolled-back'; readonly at: string } | null {
    const last = this.#sorted().at(-1);
    return last !== undefined && isEnd(last.state) ? { state: last.state, at: last.at } : null;
  }

  checked({ codes }: CheckRecord, rejected: number): void {
    this.checks += 1;
    this.rejectedTokens += rejected;
    for (const code of codes)
      if (deviations.has(code)) this.#deviations.set(code, (this.#deviations.get(code) ?? 0) + 1);
  }

  #sorted() {
    return [...this.#entries.values()].sort((a, b) => ascending(a.at, b.at));
  }

  #visits(): RotationVisit[] {
    const sorted = this.#sorted();
    return sorted.flatMap(({ state, at }, index): RotationVisit[] => {
      if (isEnd(state)) return [];
      const next = sorted[index + 1];
      const isNext = next !== undefined && (this.mode !== 'overlap' || followers[state].includes(next.state));
      const until = isNext ? next.at : null;
      return [{ state, from: at, until, durationMs: until === null ? null : between(at, until) }];
    });
  }

  /** @param lastAt the last check: nothing is known of later */
  statistics(lastAt: string | null): RotationStatistics {
    const { id, mode, from, to, openedAt, stalled, checks, rejectedTokens, recordedAt } = this;
    const end = this.end();
    const status = end?.state ?? (this.isLost ? 'lost' : 'open');
    const known = status === 'open' && lastAt !== null && lastAt > recordedAt ? lastAt : recordedAt;
    return {
      ...{ id, mode, from, to, status, openedAt },
      endedAt: end?.at ?? null,
      durationMs: between(openedAt, end?.at ?? known),
      states: this.#visits(),
      stalled,
      checks,
      deviations: [...this.#deviations]
        .map(([code, times]) => ({ code, checks: times }))
        .sort((a, b) => b.checks - a.checks || ascending(a.code, b.code)),
      rejectedTokens,
    };
  }
}

/** The clocks of the record and of the monitor may differ. */
const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** The rotations of one environment, in the order of the history. */
export class Rotations {
  readonly #all: Rotation[] = [];

  add(record: RotationRecord): void {
    const { id, state, from, openedAt, enteredAt } = record.rotation;
    const newest = this.#all.at(-1);
    const known = this.#all.findLast((one) => one.id === id);
    const end = known?.end() ?? null;
    // It was undone, and begins again with the same version.
    const isAgain = end !== null && !isEnd(state) && enteredAt > end.at;
    if (known !== undefined && !isAgain) {
      known.add(record);
      return;
    }
    if (newest?.end() === null) newest.isLost = true;
    const rotation = new Rotation(id, from, isAgain ? enteredAt : openedAt, record);
    rotation.add(record);
    this.#all.push(rotation);
    if (this.#all.length > mostRotations) this.#all.shift();
  }

  /** Takes in a check. @param rejected valid tokens that it saw rejected */
  checked(record: CheckRecord, rejected: number): void {
    const open = this.#all.at(-1);
    if (open !== undefined && open.end() === null) open.checked(record, rejected);
  }

  /** Those that were not over at that time, oldest first. @param lastAt the last check */
  statistics(since: string, lastAt: string | null): RotationsStatistics {
    const rotations = this.#all
      .map((rotation) => rotation.statistics(lastAt))
      .filter(
        ({ status, endedAt, openedAt }) => (status === 'open' ? '9999' : (endedAt ?? openedAt)) >= since,
      );
    return { rotations, rotationSummary: summaryOf(rotations) };
  }
}

function summaryOf(rotations: readonly RotationStatistics[]): RotationSummary {
  const are = (wanted: RotationStatistics['status']): number =>
    rotations.filter(({ status }) => status === wanted).length;
  const opened = rotations.map(({ openedAt }) => openedAt).sort(ascending);
  const [first] = opened;
  const newest = opened.at(-1);
  const sorted = (times: readonly number[]): number[] => [...times].sort((a, b) => a - b);
  const finished = sorted(
    rotations.flatMap(({ status, durationMs }) => (status === 'finished' ? [durationMs] : [])),
  );
  const isClean = ({ status, stalled, deviations, rejectedTokens }: RotationStatistics): boolean =>
    status === 'finished' && !stalled && deviations.length === 0 && rejectedTokens === 0;
  return {
    total: rotations.length,
    finished: are('finished'),
    rolledBack: are('rolled-back'),
    open: are('open'),
    lost: are('lost'),
    stalled: rotations.filter(({ stalled }) => stalled).length,
    clean: rotations.filter(isClean).length,
    rejectedTokens: rotations.reduce((sum, { rejectedTokens }) => sum + rejectedTokens, 0),
    meanTimeBetweenMs:
      first === undefined || newest === undefined || opened.length < 2
        ? null
        : between(first, newest) / (opened.length - 1),
    p50Ms: quantile(finished, 0.5),
    maxMs: quantile(finished, 1),
    states: openRotationStates.map((state) => {
      const times = sorted(
        rotations.flatMap(({ states }) =>
          states.flatMap((visit) =>
            visit.state === state && visit.durationMs !== null ? [visit.durationMs] : [],
          ),
        ),
      );
      return { state, visits: times.length, p50Ms: quantile(times, 0.5), maxMs: quantile(times, 1) };
    }),
  };
}
