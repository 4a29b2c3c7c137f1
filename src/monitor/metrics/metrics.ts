import { Gauge, Registry } from 'prom-client';
import { type Level, levels, openRotationStates, type Report, type Verdict } from '../../model.js';
import { driftOf } from '../alerting/drift.js';
import { type OpenIncident, openIncidents } from '../alerting/open-incidents.js';
import { eventTypes, incidentLevels, levelsOf, worse } from '../event-types.js';
import type { RemediationRecord } from '../history/record.js';
import {
  type CheckOutcome,
  type DriftEvent,
  type EnvironmentState,
  initialState,
  type WatchedRotation,
} from '../monitor-model.js';
import { instrumentsIn } from './instruments.js';

/** The result of a delivery, after every attempt. */
type NotificationResult = (typeof results)[number];
const results = ['sent', 'given-up'] as const;

/** The numbers of one monitor, for Prometheus. */
export interface Metrics {
  /** Shows what was open when the monitor ended, until the first check has ended. */
  started(state: EnvironmentState, at: Date): void;
  /**
   * Counts a finished check, and shows what is open after it. Without a report, the metrics of participants are
   * unchanged.
   */
  checked(
    outcome: CheckOutcome,
    check: { readonly endedAt: Date; readonly durationMs: number },
    state?: EnvironmentState,
  ): void;
  event(event: DriftEvent): void;
  /** Counts an action that was begun, or how it ended. */
  remediated(record: RemediationRecord): void;
  notified(notifier: string, result: NotificationResult): void;
  /** Starts the counters of notifiers at 0 before their first delivery. Removed notifiers lose their series. */
  notifying(notifiers: readonly string[]): void;
  /** Whether the last try to send to a notifier failed. */
  failing(notifier: string, isFailing: boolean): void;
  /** Read at every scrape: the number of queued events of each recipient. */
  queued(source: () => ReadonlyMap<string, number>): void;
  /** A write was skipped, because it failed or would have delayed everything else. */
  skipped(target: WriteTarget): void;
  /** Whether the configuration could be read, the last time it was. */
  reloaded(isRead: boolean): void;
  /** In the text format of Prometheus, version 0.0.4. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** What the monitor writes beside its events. */
type WriteTarget = (typeof writeTargets)[number];
const writeTargets = ['state', 'history', 'output', 'log'] as const;

const verdicts: readonly Verdict[] = ['consistent', 'inconsistent', 'inconclusive'];

/** Metrics of one environment, in a separate registry. A fingerprint is never a label. */
export function createMetrics(environment: string): Metrics {
  const registry = new Registry();
  const {
    verdict,
    level,
    up,
    agrees,
    checks,
    checkDuration,
    attempts,
    attemptDuration,
    events,
    remediations,
    notifications,
    mrrAtRisk,
    lastCheck,
    required,
    incidents,
    notifierFailing,
    writesSkipped,
    reload,
  } = instrumentsIn(registry);
  let queue: () => ReadonlyMap<string, number> = () => new Map();
  let notifiers: readonly string[] = [];
  new Gauge({
    name: 'jwtcheck_notifications_pending',
    help: 'Events that wait to be sent.',
    labelNames: ['notifier'],
    registers: [registry],
    collect() {
      this.reset();
      const waiting = queue();
      for (const notifier of notifiers) this.set({ notifier }, waiting.get(notifier) ?? 0);
    },
  });
  const showRotation = registerRotation(registry, environment);

  reload.set(1);
  for (const target of writeTargets) writesSkipped.inc({ target }, 0);
  const openBy = (open: readonly OpenIncident[]): void => {
    for (const [kind, possible] of entriesOf(incidentLevels))
      for (const urgency of possible) {
        const count = open.filter((one) => one.kind === kind && one.level === urgency).length;
        incidents.set({ environment, kind, level: urgency }, count);
      }
  };
  openBy([]);
  // The first event of a kind is an increase only if the counter existed before, at 0.
  for (const name of verdicts) checks.inc({ environment, verdict: name }, 0);
  for (const type of eventTypes)
    for (const urgency of levelsOf(type)) events.inc({ environment, type, level: urgency }, 0);

  /** The attempt series of each participant, to remove them with the participant. */
  const seriesOf = new Map<string, Map<string, AttemptLabels>>();

  function participantsOf(report: Report): void {
    const present = new Set<string>();
    for (const { name, reachable, agrees: same, required: isRequired } of report.participants) {
      present.add(name);
      required.set({ environment, participant: name }, isRequired ? 1 : 0);
      up.set({ environment, participant: name }, reachable ? 1 : 0);
      if (same !== null) agrees.set({ environment, participant: name }, same ? 1 : 0);
    }
    for (const [name, series] of seriesOf) {
      if (present.has(name)) continue;
      for (const labels of series.values()) attempts.remove({ ...labels });
      seriesOf.delete(name);
    }
  }

  function attemptsOf(report: Report): void {
    for (const { participant, probe, token, result, latencyMs, observedAt } of report.attempts) {
      // A value that was remembered from an earlier check was counted then.
      if (observedAt !== undefined) continue;
      const series = seriesOf.get(participant) ?? new Map<string, AttemptLabels>();
      seriesOf.set(participant, series);
      const key = `${token} ${result} ${probe}`;
      const labels = series.get(key) ?? { environment, participant, probe, token, result };
      series.set(key, labels);
      attempts.inc({ ...labels });
      attemptDuration.observe({ environment }, latencyMs / 1000);
    }
  }

  /** @param now the level and the money of the last check; `null`: there is none yet */
  function stateOf(state: EnvironmentState, at: Date, now: Shown | null): void {
    showRotation(state.rotation?.open ?? null, at);
    const open = openIncidents(state);
    openBy(open);
    const urgencies = [...open.map((one) => one.level), ...(now === null ? [] : [now.level])];
    if (urgencies.length > 0) level.set({ environment }, levels.indexOf(urgencies.reduce(worse)));
    const amounts = [now?.impact, state.incident?.told.impact].filter((one) => one !== undefined);
    const [first] = amounts;
    if (first === undefined) return;
    const most = Math.max(...amounts.map((amount) => amount.mrrAtRisk));
    mrrAtRisk.set({ environment, currency: first.currency }, most);
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    started: (state, at) => stateOf(state, at, null),
    checked(outcome, { endedAt, durationMs }, state = initialState) {
      const report = outcome.is === 'report' ? outcome.report : null;
      const current = report?.verdict ?? 'inconclusive';
      for (const name of verdicts) verdict.set({ environment, verdict: name }, name === current ? 1 : 0);
      checks.inc({ environment, verdict: current });
      checkDuration.observe({ environment }, durationMs / 1000);
      lastCheck.set({ environment }, endedAt.getTime() / 1000);
      // A value that the last check did not provide has no sample: an old value would pass for a new one.
      for (const gauge of [up, agrees, required, mrrAtRisk]) gauge.reset();
      const now = report === null ? 'WARNING' : worse(report.level, driftOf(report)?.level ?? 'INFO');
      stateOf(state, endedAt, { level: now, impact: report?.impact });
      if (report === null) return;
      participantsOf(report);
      attemptsOf(report);
    },
    event: ({ type, level: urgency }) => events.inc({ environment, type, level: urgency }),
    remediated: ({ participant, result }) => remediations.inc({ environment, participant, result }),
    notifying(names) {
      for (const notifier of notifiers) if (!names.includes(notifier)) notifierFailing.remove({ notifier });
      for (const notifier of names) if (!notifiers.includes(notifier)) notifierFailing.set({ notifier }, 0);
      notifiers = names;
      for (const notifier of names) for (const result of results) notifications.inc({ notifier, result }, 0);
    },
    notified: (notifier, result) => notifications.inc({ notifier, result }),
    failing: (notifier, isFailing) => notifierFailing.set({ notifier }, isFailing ? 1 : 0),
    queued(source) {
      queue = source;
    },
    skipped: (target) => writesSkipped.inc({ target }),
    reloaded: (isRead) => reload.set(isRead ? 1 : 0),
  };
}

/** What a check shows of the alert. */
interface Shown {
  readonly level: Level;
  readonly impact: Report['impact'] | undefined;
}

type AttemptLabels = Record<'environment' | 'participant' | 'probe' | 'token' | 'result', string>;

const entriesOf = <K extends string, V>(record: Readonly<Record<K, V>>): [string, V][] =>
  Object.entries(record);

const states = ['idle', ...openRotationStates] as const;

/** Adds the metrics of the open rotation. @returns sets them after a check, which ended at that time */
function registerRotation(
  registry: Registry,
  environment: string,
): (open: WatchedRotation | null, at: Date) => void {
  const state = new Gauge({
    name: 'jwtcheck_rotation_state',
    help: 'The state of the open rotation: 1 for the one that holds, 0 for the others; idle if none is known to be open.',
    labelNames: ['environment', 'state'],
    registers: [registry],
  });
  const age = new Gauge({
    name: 'jwtcheck_rotation_age_seconds',
    help: 'How long the rotation has been open; no sample if none is known to be open.',
    labelNames: ['environment'],
    registers: [registry],
  });
  return (open, at) => {
    const current = open?.state ?? 'idle';
    for (const name of states) state.set({ environment, state: name }, name === current ? 1 : 0);
    age.reset();
    if (open === null) return;
    // The time of opening is that of another clock.
    age.set({ environment }, Math.max(0, at.getTime() - Date.parse(open.since)) / 1000);
  };
}
