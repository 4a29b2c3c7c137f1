import type { KeyChange } from './key-holders.js';
import type { RotationRecord } from './record.js';

/** How a new version at the reference reached the participants. The shape is public: later versions only add to it. */
export interface AdoptionStatistics {
  /**
   * What showed that it began. `reference`: it was seen with another key. `rotation`: a rotation was open, so that
   * participants could accept the new version before it was the reference's. Later versions add other origins.
   */
  readonly origin: 'reference' | 'rotation';
  /** The fingerprint and, if known, the version before and after. */
  readonly from: KeyName;
  readonly to: KeyName;
  /** The check that saw the new version at the reference first, or the rotation. RFC 3339, UTC, as all times. */
  readonly startedAt: string;
  /** `null`: not over. */
  readonly endedAt: string | null;
  /**
   * `complete`: every participant reached it. `superseded`: the reference moved on before. `rolled-back`: the
   * reference returned to the version before.
   */
  readonly status: 'open' | 'complete' | 'superseded' | 'rolled-back';
  /** Participants that had to follow, and those that did. The reference is not among them. */
  readonly participants: number;
  readonly adopted: number;
  /** Milliseconds until 50 %, 95 % and all of them had it; `null` where fewer have it. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  /** How many had it how many milliseconds after the start. */
  readonly curve: readonly { readonly afterMs: number; readonly adopted: number }[];
  /** Those that reached it last, where others were faster. */
  readonly last: readonly string[];
  /** Those that do not have it; of one that is over, those that never had. */
  readonly waitingFor: readonly string[];
  /** Those that had it and then showed another key. */
  readonly wentBack: readonly string[];
  /** Valid tokens that were rejected meanwhile, in the checks of the time asked for. */
  readonly rejectedTokens: number;
}

export interface KeyName {
  readonly fingerprint: string;
  readonly version: string | null;
}

/** How one participant follows new versions. */
export interface AdopterStatistics {
  readonly name: string;
  /** New versions that it had to follow and that are over, or that it has reached. */
  readonly adoptions: number;
  /** Of these, those that it reached last, and those that it never reached. */
  readonly last: number;
  readonly missed: number;
  /** Milliseconds until it had them. */
  readonly p50Ms: number | null;
  readonly maxMs: number | null;
}

/** More are not kept: a reference that changes with every check has no adoptions. */
const mostAdoptions = 200;

/** Points of a curve: enough for a drawing. */
const mostPoints = 100;

/** One that is under way or over; keys by identity. */
class Adoption {
  endedAt: string | null = null;
  status: AdoptionStatistics['status'] = 'open';
  rejectedTokens = 0;
  readonly waiting = new Set<string>();
  /** Milliseconds until each had it. */
  readonly arrived = new Map<string, number>();
  readonly wentBack = new Set<string>();

  constructor(
    readonly from: string,
    readonly to: string,
    readonly startedAt: string,
    readonly origin: AdoptionStatistics['origin'] = 'reference',
  ) {}

  /** A participant holds a key, or is no longer checked (`null`). @param from the key that it held before */
  moved(name: string, from: string | null, to: string | null, at: string): void {
    if (to === this.to) {
      if (this.waiting.delete(name)) this.arrived.set(name, this.after(at));
    } else if (to === null) {
      this.waiting.delete(name);
    } else {
      this.arrived.delete(name);
      if (from === this.to) this.wentBack.add(name);
      this.waiting.add(name);
    }
  }

  end(status: AdoptionStatistics['status'], at: string): void {
    this.status = status;
    this.endedAt = at;
  }

  /** The clock may have been set back. */
  after(at: string): number {
    return Math.max(0, Date.parse(at) - Date.parse(this.startedAt));
  }

  /** Those that had it last, where others were faster; only once it is complete. */
  last(): string[] {
    const times = [...this.arrived.values()];
    const most = longest(times);
    if (this.status !== 'complete' || times.every((ms) => ms === most)) return [];
    return [...this.arrived].filter(([, ms]) => ms === most).map(([name]) => name);
  }

  statistics(nameOf: (id: string) => KeyName): AdoptionStatistics {
    const times = [...this.arrived.values()].sort((a, b) => a - b);
    const participants = times.length + this.waiting.size;
    return {
      origin: this.origin,
      from: nameOf(this.from),
      to: nameOf(this.to),
      startedAt: this.startedAt,
      endedAt: this.endedAt,
      status: this.status,
      participants,
      adopted: times.length,
      p50Ms: quantile(times, 0.5, participants),
      p95Ms: quantile(times, 0.95, participants),
      maxMs: quantile(times, 1, participants),
      curve: curveOf(times),
      last: this.last().sort(),
      waitingFor: [...this.waiting].sort(),
      wentBack: [...this.wentBack].sort(),
      rejectedTokens: this.rejectedTokens,
    };
  }
}

/** Within which of these ascending times so large a share of all happened (nearest rank); `null`: it did not. */
export const quantile = (times: readonly number[], share: number, count = times.length): number | null =>
  times[Math.max(Math.ceil(share * count), 1) - 1] ?? null;

const longest = (times: readonly number[]): number => times.reduce((most, ms) => Math.max(most, ms), 0);

/** How many there were at each of those times, in ascending order; of many times, some. */
function curveOf(times: readonly number[]): { afterMs: number; adopted: number }[] {
  const points = times.flatMap((afterMs, index) =>
    times[index + 1] === afterMs ? [] : [{ afterMs, adopted: index + 1 }],
  );
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}

/** A rotation that is open, and since when participants accept its new version. */
interface OpenRotation {
  readonly id: string;
  readonly version: string;
  /** The check that saw it first. */
  readonly startedAt: string;
  readonly enteredAt: string;
  readonly accepted: ReadonlyMap<string, string>;
}

/** The new versions at the reference of one environment, in the order of the history. */
export class Adoptions {
  readonly #all: Adoption[] = [];
  #current: string | null = null;
  #rotation: OpenRotation | null = null;

  /**
   * Takes in what a record changed.
   * @param key of the reference, by identity; `null` if unknown
   * @param before who held which key before this record, without the reference
   * @param version of that key, if known
   */
  add(
    at: string,
    key: string | null,
    before: () => ReadonlyMap<string, string>,
    changes: readonly KeyChange[],
    version: string | null = null,
  ): void {
    const from = this.#current;
    this.#current = key ?? from;
    if (key !== null && from !== null && key !== from) {
      const old = this.#open();
      old?.end(key === old.from ? 'rolled-back' : 'superseded', at);
      const rotation = version !== null && this.#rotation?.version === version ? this.#rotation : null;
      const adoption =
        rotation === null
          ? new Adoption(from, key, at)
          : new Adoption(from, key, rotation.startedAt, 'rotation');
      this.#begin(adoption, at, before(), changes, rotation?.accepted ?? new Map());
    } else {
      for (const { name, from: left, to } of changes) this.#open()?.moved(name, left, to, at);
    }
    const open = this.#open();
    if (open?.waiting.size === 0) open.end('complete', at);
  }

  /** Takes in who accepts the new version of a rotation, before the reference has it. */
  rotating({ at, rotation: { id, state, to, enteredAt }, accepting }: RotationRecord): void {
    const before = this.#rotation?.id === id ? this.#rotation : null;
    // An older record may be read again.
    if (before !== null && enteredAt < before.enteredAt) return;
    if (before !== null && state === 'rolled-back') this.#rotation = null;
    if (to === null || state === 'finished' || state === 'rolled-back') return;
    const accepted = new Map(accepting.map((name) => [name, before?.accepted.get(name) ?? at]));
    this.#rotation = { id, version: String(to), startedAt: before?.startedAt ?? at, enteredAt, accepted };
  }

  /** Valid tokens that one check saw rejected. */
  rejected(tokens: number): void {
    const open = this.#open();
    if (open !== null) open.rejectedTokens += tokens;
  }

  #open(): Adoption | null {
    const newest = this.#all.at(-1);
    return newest?.status === 'open' ? newest : null;
  }

  /** @param accepted who accepts the new version already, and since when */
  #begin(
    adoption: Adoption,
    at: string,
    before: ReadonlyMap<string, string>,
    changes: readonly KeyChange[],
    accepted: ReadonlyMap<string, string>,
  ): void {
    const { from, to } = adoption;
    const put = (name: string, key: string | null): void =>
      adoption.moved(name, null, accepted.has(name) && key === from ? to : key, accepted.get(name) ?? at);
    for (const name of before.keys()) adoption.waiting.add(name);
    const moved = new Set(changes.map(({ name }) => name));
    for (const [name, held] of before) if (!moved.has(name)) put(name, held);
    for (const { name, to: key } of changes) put(name, key);
    this.#all.push(adoption);
    if (this.#all.length > mostAdoptions) this.#all.shift();
  }

  #since(since: string): Adoption[] {
    return this.#all.filter(({ endedAt }) => endedAt === null || endedAt >= since);
  }

  /** Those that were not over at that time, oldest first. */
  statistics(since: string, nameOf: (id: string) => KeyName): AdoptionStatistics[] {
    return this.#since(since).map((adoption) => adoption.statistics(nameOf));
  }

  /** How each participant did in them; the one that is most often late comes first. */
  adopters(since: string): AdopterStatistics[] {
    const sums = new Map<string, { times: number[]; last: number; missed: number }>();
    const sumOf = (name: string) => {
      const sum = sums.get(name) ?? { times: [], last: 0, missed: 0 };
      sums.set(name, sum);
      return sum;
    };
    for (const adoption of this.#since(since)) {
      for (const [name, ms] of adoption.arrived) sumOf(name).times.push(ms);
      for (const name of adoption.last()) sumOf(name).last += 1;
      if (adoption.status !== 'open') for (const name of adoption.waiting) sumOf(name).missed += 1;
    }
    return [...sums]
      .map(([name, { times, last, missed }]): AdopterStatistics => {
        times.sort((a, b) => a - b);
        return {
          name,
          adoptions: times.length + missed,
          last,
          missed,
          p50Ms: quantile(times, 0.5),
          maxMs: times.at(-1) ?? null,
        };
      })
      .sort(
        (a, b) => lateness(b) - lateness(a) || (b.maxMs ?? 0) - (a.maxMs ?? 0) || (a.name < b.name ? -1 : 1),
      );
  }
}

const lateness = ({ last, missed }: AdopterStatistics): number => last + missed;
