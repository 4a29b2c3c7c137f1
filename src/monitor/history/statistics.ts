import { type CauseStatistics, type IncidentStatistics, Incidents, type Span } from './incidents.js';
import { Keys, type KeysStatistics } from './key-statistics.js';
import { Participant, type ParticipantStatistics, share } from './participant.js';
import type { CheckRecord, HistoryRecord, RotationRecord } from './record.js';
import { type RemediationStatistics, Remediations } from './remediations.js';
import { Rotations, type RotationsStatistics } from './rotations.js';

/** Minutes of an average month: 365.25 days in twelve. */
export const minutesOfMonth = 43_830;

/** What `jwtcheck history -f json` prints. The shape is public: later versions only add to it. */
export interface HistoryStatistics {
  readonly schemaVersion: 1;
  /** What was asked for; `null`: from the beginning. RFC 3339, UTC, as all times. */
  readonly since: string | null;
  readonly until: string;
  /** By name. */
  readonly environments: readonly EnvironmentStatistics[];
  /** Lines that were broken, or of a type that this version does not know. */
  readonly skippedLines: number;
}

export interface EnvironmentStatistics extends KeysStatistics, RotationsStatistics {
  readonly environment: string;
  readonly checks: {
    readonly total: number;
    readonly consistent: number;
    readonly inconsistent: number;
    readonly inconclusive: number;
    /** Checks that gave no report. */
    readonly failed: number;
    /** When the first and the last one started; `null` where there was none. */
    readonly firstAt: string | null;
    readonly lastAt: string | null;
  };
  /** Of the conclusive checks, those that were consistent: 0 to 1, as all shares; `null`: no check was conclusive. */
  readonly consistentShare: number | null;
  /** Of all checks, the conclusive ones: consistent or inconsistent. */
  readonly toldShare: number | null;
  readonly incidents: readonly IncidentStatistics[];
  /** Of drifts: from the first bad check to the alert. */
  readonly meanTimeToDetectMs: number | null;
  /** Of drifts that were resolved: from the first bad check to the end. */
  readonly meanTimeToRepairMs: number | null;
  /** By currency. */
  readonly moneyAtRisk: readonly MoneyAtRisk[];
  /** By name. */
  readonly participants: readonly ParticipantStatistics[];
  /** By how often they came back. */
  readonly causes: readonly CauseStatistics[];
  /** Actions that the monitor carried out, by participant. */
  readonly remediations: readonly RemediationStatistics[];
  /** Recipients that could not be notified of events, after every attempt. */
  readonly givenUp: readonly { readonly recipient: string; readonly events: number }[];
}

/**
 * Money that drifts put at risk, within the time asked for: the monthly revenue (MRR) that depends on the
 * inconsistent participants, times the minutes of the inconsistency, from the first bad check to the end of the incident. A month has
 * 43,830 minutes: MRR 50,000 at risk for an hour is 3,000,000 money-minutes, the revenue of which is 68.45.
 */
export interface MoneyAtRisk {
  readonly currency: string;
  /** MRR × minutes. */
  readonly mrrMinutes: number;
  /** What is earned in that time: MRR × minutes / 43,830. */
  readonly revenue: number;
}

/** Which part of a history is looked at. */
export interface Window {
  /** `null`: from the beginning. */
  readonly since: Date | null;
  readonly until: Date;
}

/** Adds records up, one after the other, in memory that grows with names and incidents only. */
export interface Summary {
  /** Events and keys may be older than the window: incidents that continue in it, and keys in use, began there. */
  add(record: HistoryRecord): void;
  /** @param skippedLines how many could not be read */
  statistics(skippedLines: number): HistoryStatistics;
}

/** Puts the records of a history together, in their order. Pure: the same records always give the same. */
export function summarise({ since, until }: Window): Summary {
  const environments = new Map<string, Environment>();
  const span: Span = { from: since?.getTime() ?? Number.NEGATIVE_INFINITY, to: until.getTime() };
  const first = since?.toISOString() ?? '';
  return {
    add(record) {
      const environment = environments.get(record.environment) ?? new Environment(first);
      environments.set(record.environment, environment);
      if (record.type === 'event') environment.incidents.add(record.event);
      else if (record.type === 'keys') environment.keys.add(record);
      else if (record.type === 'rotation') environment.rotation(record);
      else if (record.at < first) return;
      else if (record.type === 'check') environment.check(record);
      else if (record.type === 'remediation') environment.remediations.add(record);
      else if (record.type === 'given-up') environment.gaveUp(record.recipient);
    },
    statistics: (skippedLines) => ({
      schemaVersion: 1,
      since: since?.toISOString() ?? null,
      until: until.toISOString(),
      environments: [...environments]
        .map(([name, environment]) => environment.statistics(name, span))
        .filter(({ checks, incidents, givenUp }) => checks.total + incidents.length + givenUp.length > 0)
        .sort((a, b) => byText(a.environment, b.environment)),
      skippedLines,
    }),
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const mean = (numbers: readonly number[]): number | null =>
  numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

class Environment {
  readonly incidents = new Incidents();
  readonly keys = new Keys();
  readonly remediations = new Remediations();
  readonly #rotations = new Rotations();
  readonly #verdicts = { consistent: 0, inconsistent: 0, inconclusive: 0, failed: 0 };
  readonly #participants = new Map<string, Participant>();
  readonly #givenUp = new Map<string, number>();
  #firstAt: string | null = null;
  #lastAt: string | null = null;

  /** @param since when the time asked for begins */
  constructor(readonly since: string) {}

  rotation(record: RotationRecord): void {
    this.#rotations.add(record);
    this.keys.rotating(record);
  }

  check(record: CheckRecord): void {
    const { at, verdict, participants } = record;
    let rejected = 0;
    this.#verdicts[verdict ?? 'failed'] += 1;
    if (this.#firstAt === null || at < this.#firstAt) this.#firstAt = at;
    if (this.#lastAt === null || at > this.#lastAt) this.#lastAt = at;
    for (const one of participants) {
      let participant = this.#participants.get(one.name);
      if (participant === undefined) {
        participant = new Participant();
        this.#participants.set(one.name, participant);
      }
      participant.add(one);
      rejected += one.shown - one.accepted;
    }
    this.keys.rejected(rejected);
    this.#rotations.checked(record, rejected);
  }

  gaveUp(recipient: string): void {
    this.#givenUp.set(recipient, (this.#givenUp.get(recipient) ?? 0) + 1);
  }

  statistics(environment: string, span: Span): EnvironmentStatistics {
    const { consistent, inconsistent, inconclusive, failed } = this.#verdicts;
    const conclusive = consistent + inconsistent;
    const total = conclusive + inconclusive + failed;
    const incidents = this.incidents.within(span, this.#lastAt);
    const drifts = incidents.filter(({ kind }) => kind === 'drift');
    const met = new Map<string, number>();
    for (const { participants } of incidents)
      for (const name of participants) met.set(name, (met.get(name) ?? 0) + 1);
    const detections = drifts.flatMap(({ detectedAt, since }) =>
      detectedAt === null ? [] : [Math.max(0, Date.parse(detectedAt) - Date.parse(since))],
    );
    const repairs = drifts.flatMap(({ resolvedAt, durationMs }) => (resolvedAt === null ? [] : [durationMs]));
    return {
      environment,
      checks: { total, ...this.#verdicts, firstAt: this.#firstAt, lastAt: this.#lastAt },
      consistentShare: share(consistent, conclusive),
      toldShare: share(conclusive, total),
      incidents,
      meanTimeToDetectMs: mean(detections),
      meanTimeToRepairMs: mean(repairs),
      moneyAtRisk: moneyOf(drifts),
      participants: [...this.#participants]
        .map(([name, participant]) => participant.statistics(name, met.get(name) ?? 0))
        .sort((a, b) => byText(a.name, b.name)),
      ...this.keys.statistics({ since: this.since, lastAt: this.#lastAt }),
      ...this.#rotations.statistics(this.since, this.#lastAt),
      causes: this.incidents.causes(span),
      remediations: this.remediations.statistics(),
      givenUp: [...this.#givenUp]
        .map(([recipient, events]) => ({ recipient, events }))
        .sort((a, b) => byText(a.recipient, b.recipient)),
    };
  }
}

function moneyOf(drifts: readonly IncidentStatistics[]): MoneyAtRisk[] {
  const sums = new Map<string, number>();
  for (const { currency, moneyMinutes } of drifts)
    if (moneyMinutes > 0) sums.set(currency, (sums.get(currency) ?? 0) + moneyMinutes);
  return [...sums]
    .map(([currency, mrrMinutes]) => ({ currency, mrrMinutes, revenue: mrrMinutes / minutesOfMonth }))
    .sort((a, b) => byText(a.currency, b.currency));
}
