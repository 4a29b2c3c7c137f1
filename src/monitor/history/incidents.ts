import type { Level } from '../../model.js';
import { eventTraits, type FaultKind, isGroup, worse } from '../event-types.js';
import type { DriftEvent } from '../monitor-model.js';

/** One incident, according to its events. */
export interface IncidentStatistics {
  readonly id: string;
  readonly kind: FaultKind;
  /**
   * `open`: its end was not recorded. `lost`: nor will it be, for another one of the same kind began after it, as it
   * does where the monitor lost its state.
   */
  readonly status: 'open' | 'resolved' | 'lost';
  /** The first bad check. RFC 3339, UTC, as all times. */
  readonly since: string;
  /** When it was first reported; `null` if that is no longer in the history. */
  readonly detectedAt: string | null;
  readonly resolvedAt: string | null;
  /** From `since` to the end; of one that did not end, to the last thing recorded of it or of its environment. */
  readonly durationMs: number;
  /** The highest level that it was reported with; `null` if only its end is in the history. */
  readonly peak: Level | null;
  /** Codes of all findings in its events. */
  readonly codes: readonly string[];
  readonly participants: readonly string[];
  /** The most money a month that was at risk at once. */
  readonly mrrAtRisk: number;
  readonly currency: string;
  /** See `MoneyAtRisk`; of a drift, within the time asked for. */
  readonly moneyMinutes: number;
}

/** How often one cause was found at one participant. The shape is public: later versions only add to it. */
export interface CauseStatistics {
  readonly code: string;
  readonly participant: string;
  /** Incidents in which it was found there. */
  readonly incidents: number;
  /** When the last of these began. */
  readonly lastSince: string;
}

interface Known {
  readonly id: string;
  readonly kind: FaultKind;
  readonly since: string;
  status: IncidentStatistics['status'];
  detectedAt: string | null;
  resolvedAt: string | null;
  /** When the last event of it happened. */
  lastAt: string;
  peak: Level | null;
  readonly codes: Set<string>;
  /** Participants by code. */
  readonly causes: Map<string, Set<string>>;
  readonly participants: Set<string>;
  mrrAtRisk: number;
  readonly currency: string;
  /** When it began, by the clock of its last event, which may have been set since. Milliseconds since 1970. */
  began: number;
  /** What was at risk, and from how many milliseconds after the beginning on. */
  readonly risks: { readonly after: number; readonly mrr: number }[];
}

/** A span of time, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Puts the incidents of one environment together from their events, in the order of the history. */
export class Incidents {
  readonly #known = new Map<string, Known>();
  readonly #open = new Map<string, Known>();

  add(event: DriftEvent): void {
    const { kind, part } = eventTraits[event.type];
    // Rotations have statistics of their own.
    if (kind === 'rotation') return;
    let incident = this.#known.get(event.incident);
    if (incident === undefined) {
      incident = begun(event, kind);
      this.#known.set(event.incident, incident);
      if (part !== 'end') this.#opened(incident, event);
    }
    if (part === 'begin') incident.detectedAt ??= event.at;
    // In the order of the history: by its clock an event may be earlier than the one before.
    incident.lastAt = event.at;
    incident.began = Date.parse(event.at) - durationOf(event);
    if (part === 'end') {
      incident.status = 'resolved';
      incident.resolvedAt ??= event.at;
    } else {
      incident.risks.push({ after: durationOf(event), mrr: event.impact.mrrAtRisk });
      incident.mrrAtRisk = Math.max(incident.mrrAtRisk, event.impact.mrrAtRisk);
      incident.peak = higher(incident.peak, event.level);
    }
    // Many that are unreachable at once are named with those that have an open incident of their own.
    const isPart = (name: string): boolean =>
      !isGroup(event.incident) || this.#open.get(slotOf(name))?.status !== 'open';
    for (const { code, participants } of event.findings) {
      incident.codes.add(code);
      const names = incident.causes.get(code) ?? new Set();
      incident.causes.set(code, names);
      for (const name of participants) if (isPart(name)) names.add(name);
    }
    for (const name of event.participants) if (isPart(name)) incident.participants.add(name);
  }

  /** Of one kind, and of one participant where it is away, only one can be open: the end of another was not recorded. */
  #opened(incident: Known, event: DriftEvent): void {
    const isSingle = incident.kind === 'unreachable' && !isGroup(incident.id);
    const slot = isSingle ? slotOf(event.participants[0]) : incident.kind;
    const before = this.#open.get(slot);
    if (before?.status === 'open') before.status = 'lost';
    this.#open.set(slot, incident);
  }

  /** Those that were not over when the span began, by their beginning. `lastCheckAt`: until when anything is known. */
  within(span: Span, lastCheckAt: string | null): IncidentStatistics[] {
    return this.#notOverBefore(span)
      .map((incident) => statisticsOf(incident, span, lastCheckAt))
      .sort((a, b) => byText(a.since, b.since));
  }

  /** Which causes these incidents had, and where; the most frequent first. */
  causes(span: Span): CauseStatistics[] {
    const sums = new Map<string, CauseStatistics>();
    for (const { since, causes } of this.#notOverBefore(span)) {
      for (const [code, names] of causes) {
        for (const participant of names) {
          const key = `${code} ${participant}`;
          const { incidents = 0, lastSince = since } = sums.get(key) ?? {};
          sums.set(key, {
            code,
            participant,
            incidents: incidents + 1,
            lastSince: lastSince > since ? lastSince : since,
          });
        }
      }
    }
    return [...sums.values()].sort(
      (a, b) => b.incidents - a.incidents || byText(a.code, b.code) || byText(a.participant, b.participant),
    );
  }

  #notOverBefore(span: Span): Known[] {
    return [...this.#known.values()].filter(
      ({ resolvedAt, lastAt, status }) =>
        Date.parse(resolvedAt ?? (status === 'lost' ? lastAt : '9999-01-01')) >= span.from,
    );
  }
}

/** Of the incident of one unreachable participant. */
const slotOf = (participant: string | undefined): string => `one ${participant}`;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const higher = (a: Level | null, b: Level): Level => (a === null ? b : worse(a, b));

/** Milliseconds from the beginning to an event; what an event says of its time is the clock of one moment. */
function durationOf({ at, since, durationMs }: DriftEvent): number {
  const elapsed = Date.parse(at) - Date.parse(since);
  return elapsed >= 0 ? elapsed : durationMs;
}

function begun(event: DriftEvent, kind: FaultKind): Known {
  return {
    id: event.incident,
    kind,
    since: event.since,
    status: 'open',
    detectedAt: null,
    resolvedAt: null,
    lastAt: event.at,
    peak: null,
    codes: new Set(),
    causes: new Map(),
    participants: new Set(),
    mrrAtRisk: 0,
    currency: event.impact.currency,
    began: Date.parse(event.at) - durationOf(event),
    risks: [],
  };
}

function statisticsOf(incident: Known, span: Span, lastCheckAt: string | null): IncidentStatistics {
  const { id, kind, status, since, began, detectedAt, resolvedAt, lastAt, peak, mrrAtRisk, currency } =
    incident;
  const stillKnown = status === 'open' && lastCheckAt !== null && lastCheckAt > lastAt ? lastCheckAt : lastAt;
  const end = Math.max(Date.parse(resolvedAt ?? stillKnown), began);
  return {
    id,
    kind,
    status,
    // After the clock was set back, what was first is later than what was last.
    since: since > lastAt ? new Date(began).toISOString() : since,
    detectedAt,
    resolvedAt,
    durationMs: end - began,
    peak,
    codes: [...incident.codes],
    participants: [...incident.participants],
    mrrAtRisk,
    currency,
    moneyMinutes: kind === 'drift' ? moneyMinutes(incident, { ...span, to: Math.min(end, span.to) }) : 0,
  };
}

/** From its beginning, the amount of the first event; after every event, the amount of that event. */
function moneyMinutes({ began, risks }: Known, span: Span): number {
  let sum = 0;
  for (const [index, { after, mrr }] of risks.entries()) {
    const start = Math.max(index === 0 ? began : began + after, span.from);
    const next = risks[index + 1];
    const end = Math.min(next === undefined ? span.to : began + next.after, span.to);
    if (end > start) sum += (mrr * (end - start)) / 60_000;
  }
  return sum;
}
