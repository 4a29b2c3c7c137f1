import {
  type AdopterStatistics,
  type AdoptionStatistics,
  Adoptions,
  type KeyName,
  quantile,
} from './adoptions.js';
import { KeyHolders } from './key-holders.js';
import type { KeysRecord, RotationRecord } from './record.js';
import { keyId } from './report-records.js';

/** One key, while it was in use. The shape is public: later versions only add to it. */
export interface KeyStatistics {
  readonly fingerprint: string;
  /** Its version in the secret store; `null` if unknown. */
  readonly version: string | null;
  /** When that version was created, where the store reported it. RFC 3339, UTC, as all times. */
  readonly createdAt: string | null;
  /** The first record of it. */
  readonly firstSeenAt: string;
  /** When the last participant gave it up; `null`: it is in use. */
  readonly releasedAt: string | null;
  /** From its creation, or else from the first record of it, to the last check, or to its release. */
  readonly ageMs: number;
  /** `at-least`: it is not known when it was created. */
  readonly ageIs: 'exact' | 'at-least';
  /** Whether it is the key of the reference now. */
  readonly reference: boolean;
  /** Who holds it now. */
  readonly participants: readonly string[];
}

/** A participant held a key from the first check that saw it to the first that saw another. */
export interface HoldingStatistics extends KeyName {
  readonly participant: string;
  readonly from: string;
  /** `null`: it holds it now. */
  readonly until: string | null;
}

/** How often new versions came, and how well they reached everyone. */
export interface AdoptionSummary {
  readonly total: number;
  readonly complete: number;
  readonly open: number;
  readonly superseded: number;
  readonly rolledBack: number;
  /** Between the starts of two; `null` of fewer. */
  readonly meanTimeBetweenMs: number | null;
  /** Of those that are complete: milliseconds until everyone had it. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  /** Those in which no valid token was rejected, no participant went back, and which are complete. */
  readonly clean: number;
  readonly rejectedTokens: number;
}

export interface KeysStatistics {
  /** Those in use first, then those that were released, the newest first. */
  readonly keys: readonly KeyStatistics[];
  readonly holdings: readonly HoldingStatistics[];
  readonly adoptions: readonly AdoptionStatistics[];
  readonly adoptionSummary: AdoptionSummary;
  /** The one that is most often late comes first. */
  readonly adopters: readonly AdopterStatistics[];
}

interface Seen {
  readonly firstSeenAt: string;
  holders: number;
  releasedAt: string | null;
}

interface Span {
  readonly id: string;
  readonly from: string;
  until: string | null;
}

/** Keys that are remembered, beside those in use: a service may show another fingerprint every time. */
const mostKeys = 1000;

/** Spans of one participant; the newest are kept. */
const mostSpans = 100;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The keys of one environment, in the order of the history: memory grows with names and versions only. */
export class Keys {
  readonly #state = new KeyHolders();
  readonly #seen = new Map<string, Seen>();
  readonly #spans = new Map<string, Span[]>();
  readonly #adoptions = new Adoptions();

  add(record: KeysRecord): void {
    const { at } = record;
    const changes = this.#state.add(record);
    const { reference, holders } = this.#state;
    for (const { fingerprint } of record.keys) this.#see(keyId(fingerprint), at);
    for (const { name, from, to } of changes) {
      if (from !== null) this.#leave(name, from, at);
      if (to !== null) this.#enter(name, to, at);
    }
    const key = reference === null ? null : (holders.get(reference) ?? null);
    const before = (): Map<string, string> => {
      const held = new Map(holders);
      for (const { name, from } of changes) {
        if (from === null) held.delete(name);
        else held.set(name, from);
      }
      if (reference !== null) held.delete(reference);
      return held;
    };
    const followers = changes.filter(({ name }) => name !== reference);
    const version = key === null ? null : this.#nameOf(key).version;
    this.#adoptions.add(at, key, before, followers, version);
  }

  /** Takes in a rotation, which brings a new version to the participants before it is the reference's. */
  rotating(record: RotationRecord): void {
    this.#adoptions.rotating(record);
  }

  /** Takes in valid tokens that a check saw rejected. */
  rejected(tokens: number): void {
    this.#adoptions.rejected(tokens);
  }

  /** @param lastAt the last check: nothing is known of later */
  statistics({ since, lastAt }: { readonly since: string; readonly lastAt: string | null }): KeysStatistics {
    const adoptions = this.adoptions(since);
    return {
      keys: this.keys(since, lastAt),
      holdings: this.#holdings(since),
      adoptions,
      adoptionSummary: summaryOf(adoptions),
      adopters: this.#adoptions.adopters(since),
    };
  }

  /** Those that were not over at that time, oldest first. */
  adoptions(since: string): AdoptionStatistics[] {
    return this.#adoptions.statistics(since, (id) => this.#nameOf(id));
  }

  #nameOf(id: string): KeyName {
    const { fingerprint = id, version = null } = this.#state.keys.get(id) ?? {};
    return { fingerprint, version };
  }

  #see(id: string, at: string): void {
    if (this.#seen.has(id)) return;
    this.#seen.set(id, { firstSeenAt: at, holders: 0, releasedAt: at });
  }

  #enter(name: string, id: string, at: string): void {
    const seen = this.#seen.get(id);
    if (seen !== undefined) {
      seen.holders += 1;
      seen.releasedAt = null;
    }
    const spans = this.#spans.get(name) ?? [];
    this.#spans.set(name, spans);
    spans.push({ id, from: at, until: null });
    if (spans.length > mostSpans) spans.shift();
  }

  #leave(name: string, id: string, at: string): void {
    const span = this.#spans.get(name)?.at(-1);
    if (span !== undefined) span.until = at;
    const seen = this.#seen.get(id);
    if (seen === undefined) return;
    seen.holders -= 1;
    if (seen.holders > 0) return;
    seen.releasedAt = at;
    if (this.#seen.size > mostKeys) this.#forget();
  }

  #forget(): void {
    for (const [id, { releasedAt }] of this.#seen) {
      if (releasedAt === null) continue;
      this.#seen.delete(id);
      this.#state.keys.delete(id);
      return;
    }
  }

  /** Those in use, and those that were released from then on. @param lastAt the last check */
  keys(since: string, lastAt: string | null): KeyStatistics[] {
    const { reference, holders } = this.#state;
    const right = reference === null ? undefined : holders.get(reference);
    const held = new Map<string, string[]>();
    for (const [name, id] of holders) {
      const names = held.get(id) ?? [];
      held.set(id, names);
      names.push(name);
    }
    return [...this.#seen]
      .filter(([, { releasedAt }]) => releasedAt === null || releasedAt >= since)
      .map(([id, { firstSeenAt, releasedAt }]): KeyStatistics => {
        const createdAt = this.#state.keys.get(id)?.createdAt ?? null;
        const end = releasedAt ?? later(lastAt, firstSeenAt);
        return {
          ...this.#nameOf(id),
          createdAt,
          firstSeenAt,
          releasedAt,
          ageMs: Math.max(0, Date.parse(end) - Date.parse(createdAt ?? firstSeenAt)),
          ageIs: createdAt === null ? 'at-least' : 'exact',
          reference: id === right,
          participants: (held.get(id) ?? []).sort(byText),
        };
      })
      .sort((a, b) => order(a) - order(b) || byText(b.firstSeenAt, a.firstSeenAt));
  }

  #holdings(since: string): HoldingStatistics[] {
    return [...this.#spans]
      .sort(([a], [b]) => byText(a, b))
      .flatMap(([participant, spans]) =>
        spans
          .filter(({ until }) => until === null || until >= since)
          .map(({ id, from, until }) => ({ participant, ...this.#nameOf(id), from, until })),
      );
  }
}

const later = (a: string | null, b: string): string => (a !== null && a > b ? a : b);

/** The reference's key, other keys in use, and those that were released. */
const order = ({ reference, releasedAt }: KeyStatistics): number =>
  reference ? 0 : releasedAt === null ? 1 : 2;

function summaryOf(adoptions: readonly AdoptionStatistics[]): AdoptionSummary {
  const are = (wanted: AdoptionStatistics['status']): number =>
    adoptions.filter(({ status }) => status === wanted).length;
  const first = adoptions[0];
  const newest = adoptions.at(-1);
  const times = adoptions
    .flatMap(({ status, maxMs }) => (status === 'complete' && maxMs !== null ? [maxMs] : []))
    .sort((a, b) => a - b);
  const clean = ({ status, rejectedTokens, wentBack }: AdoptionStatistics): boolean =>
    status === 'complete' && rejectedTokens === 0 && wentBack.length === 0;
  return {
    total: adoptions.length,
    complete: are('complete'),
    open: are('open'),
    superseded: are('superseded'),
    rolledBack: are('rolled-back'),
    clean: adoptions.filter(clean).length,
    rejectedTokens: adoptions.reduce((sum, { rejectedTokens }) => sum + rejectedTokens, 0),
    meanTimeBetweenMs:
      first === undefined || newest === undefined || first === newest
        ? null
        : Math.max(0, Date.parse(newest.startedAt) - Date.parse(first.startedAt)) / (adoptions.length - 1),
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    maxMs: quantile(times, 1),
  };
}
