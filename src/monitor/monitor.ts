import { JwtcheckError } from '../errors.js';
import type { Report } from '../model.js';
import { advance, setBack } from './alerting/advance.js';
import { openAfter } from './alerting/open-incidents.js';
import type { Delivery } from './delivery/delivery.js';
import type { History } from './history/history.js';
import { eventRecord, type HistoryRecord } from './history/record.js';
import { failedCheckRecord, recordsOf } from './history/report-records.js';
import type { Metrics } from './metrics/metrics.js';
import {
  type AlertPolicy,
  type CheckOutcome,
  type EnvironmentState,
  initialState,
  type Silence,
  type Unsent,
} from './monitor-model.js';
import { withoutBegin, withPlan } from './remediation/remediated-check.js';
import { noRemediation } from './remediation/remediation-model.js';
import type { Remediated, RemediatedCheck, Remediator } from './remediation/remediator.js';
import type { LastCheck, MonitorView } from './server/monitor-view.js';
import { createPatience, late } from './state/patience.js';
import type { StateFile } from './state/state-file.js';

/** The settings of the current configuration; they may change between two checks. */
export interface Current {
  readonly policy: AlertPolicy;
  readonly intervalMs: number;
  /** Milliseconds after the end of a check from which on it is stale. */
  readonly freshForMs: number;
  readonly currency: string;
  /** One check. */
  readonly check: () => Promise<Report>;
  /** What is done about drift, beyond alerts; omitted: nothing. */
  readonly remediation?: RemediationSetup | undefined;
}

/** How actions are planned and carried out. */
export interface RemediationSetup extends Pick<RemediatedCheck, 'settings' | 'configuration' | 'openFixer'> {
  readonly remediator: Remediator;
}

export interface MonitorParts {
  readonly environment: string;
  readonly current: () => Current;
  readonly stateFile: StateFile;
  readonly history: Pick<History, 'append'> & { read(since: Date): AsyncIterable<HistoryRecord> };
  readonly delivery: Pick<Delivery, 'add' | 'concerned' | 'pending'>;
  readonly metrics: Metrics;
  readonly now: () => Date;
  /** Called with one sentence that the operator should read. */
  readonly warn: (text: string) => void;
}

/** Runs checks, keeps the state, and sends events to the recipients. */
export interface Monitor {
  readonly view: MonitorView;
  /**
   * Runs one check and handles its result. No failure of the check ends the monitor.
   * @throws JwtcheckError `ERR_INTERRUPTED` if the check is interrupted; its result is then dropped
   */
  cycle(): Promise<CheckOutcome>;
  /** Sets the time of the next check, in milliseconds from now. */
  pausing(ms: number): void;
  /** Saves which deliveries are done; called after each delivery. Waits for the disk for a limited time. */
  remember(waitMs?: number): Promise<void>;
}

export function openMonitor(parts: MonitorParts): Monitor {
  const { environment, current, stateFile, history, delivery, metrics, now, warn } = parts;
  const startedAt = now();
  let remembered = stateFile.state;
  let state: EnvironmentState = remembered.environments[environment] ?? initialState;
  metrics.started(state, startedAt);
  let report: Report | null = null;
  let lastCheck: LastCheck | null = null;
  let nextCheckAt: Date | null = null;
  /** Milliseconds of the monotonic clock. */
  let turnedAt = performance.now();
  let isFirst = true;
  /** The start of the current wait for the next check. */
  let idleSince: Date | null = null;
  /** A problem that lasts over several checks is logged when it begins, and again after it was resolved in between. */
  const complaintAbout = {
    state: complaint(warn, 'the state is saved again'),
    history: complaint(warn, 'the history is written again'),
    check: complaint(warn, 'the check is possible again'),
    silence: complaint(warn, 'no alert is held back by a silence now'),
  };
  /** Events that the state must contain before they are queued for delivery. */
  let upcoming: readonly Unsent[] = [];
  const listeners = new Set<(record: HistoryRecord) => void>();

  const publish = (record: HistoryRecord): void => {
    for (const listener of listeners) listener(record);
  };

  /** Separate waits: a state file that does not answer does not delay the history, and vice versa. */
  const waitFor = { state: createPatience(), history: createPatience() };

  /** Whether the state is saved. */
  async function save(waitMs?: number): Promise<boolean> {
    const environments = { ...remembered.environments, [environment]: state };
    remembered = { ...remembered, environments, unsent: [...delivery.pending(), ...upcoming] };
    try {
      const saved = await waitFor.state(stateFile.save(remembered), waitMs);
      if (saved !== late) {
        complaintAbout.state(null);
        return true;
      }
      metrics.skipped('state');
      complaintAbout.state(`${stateFile.shown} does not answer: the state is saved as soon as it does`);
    } catch (error) {
      metrics.skipped('state');
      // Continues: events can be sent even if the state cannot be saved.
      complaintAbout.state(error instanceof JwtcheckError ? error.message : 'the state could not be saved');
    }
    return false;
  }

  async function remediate(
    checked: Report,
    before: EnvironmentState['incident'],
    endedAt: Date,
  ): Promise<Remediated | null> {
    const { remediation, policy } = current();
    if (remediation === undefined) return null;
    const { remediator, ...setup } = remediation;
    const found = await remediator.checked({
      ...setup,
      report: checked,
      before: remembered.remediations?.[environment] ?? noRemediation,
      incident: before,
      state,
      silence: policy.silence,
      now: endedAt,
    });
    const remediations = { ...remembered.remediations, [environment]: found.state };
    if (found.state !== noRemediation) remembered = { ...remembered, remediations };
    return found;
  }

  async function outcomeOf(): Promise<CheckOutcome> {
    try {
      const checked = await current().check();
      complaintAbout.check(null);
      return { is: 'report', report: checked };
    } catch (error) {
      if (error instanceof JwtcheckError && error.code === 'ERR_INTERRUPTED') throw error;
      // The message of an unexpected error may contain anything, a secret too.
      const message =
        error instanceof JwtcheckError
          ? error.message
          : `internal error (${error instanceof Error ? error.name : typeof error}): this is a bug in jwtcheck`;
      complaintAbout.check(`the check failed: ${message}`);
      return { is: 'failed', environment, message };
    }
  }

  /**
   * Starts this check as the successor of the previous one. Time spent on writing between them is no pause; a stopped
   * process or a sleeping machine is one.
   * @param setBackMs by which the clock was set back during this check
   */
  function afterPause(startedAt: Date, setBackMs: number): Date {
    const { checkedAt } = state;
    if (isFirst || checkedAt === null) return new Date(startedAt.getTime() - setBackMs);
    const pause = idleSince === null ? 0 : startedAt.getTime() - idleSince.getTime();
    return new Date(Date.parse(checkedAt) + pause - setBackMs);
  }

  async function cycle(): Promise<CheckOutcome> {
    nextCheckAt = null;
    turnedAt = performance.now();
    const at = now();
    const started = performance.now();
    const outcome = await outcomeOf();
    const durationMs = Math.round(performance.now() - started);
    const { policy, currency } = current();
    const endedAt = now();
    const { incident } = state;
    const advanced = advance(
      state,
      outcome,
      policy,
      endedAt,
      afterPause(at, setBack(at, endedAt, durationMs)),
    );
    state = advanced.state;
    let remediated = outcome.is === 'report' ? await remediate(outcome.report, incident, endedAt) : null;
    isFirst = false;
    idleSince = null;
    complaintAbout.silence(advanced.silenced.length === 0 ? null : silencedInWords(advanced.silenced));
    if (outcome.is === 'report') report = outcome.report;
    lastCheck = {
      startedAt: at,
      endedAt,
      durationMs,
      failed: outcome.is === 'failed' ? outcome.message : null,
    };
    metrics.checked(outcome, { endedAt, durationMs }, state);
    const records =
      outcome.is === 'report'
        ? recordsOf(outcome.report)
        : [failedCheckRecord({ environment, at, durationMs, currency })];
    const ofCheck = withPlan(advanced.notifications, remediated?.plan ?? null);
    let notifications = [...(remediated?.notifications ?? []), ...ofCheck];
    for (const { event } of notifications)
      remembered = { ...remembered, open: openAfter(remembered.open, event) };
    // Saved before the first delivery: after a crash in between, the next run sends the same event.
    upcoming = notifications.map((notification) => ({
      event: notification.event,
      to: delivery.concerned(notification),
    }));
    const saving = save();
    const begin = remediated?.begin ?? null;
    // Only what is remembered is begun: after a crash, it would be begun again.
    if (remediated !== null && begin !== null && !(await saving)) {
      remediated = withoutBegin(remediated);
      remembered = {
        ...remembered,
        remediations: { ...remembered.remediations, [environment]: remediated.state },
      };
      notifications = [...remediated.notifications, ...ofCheck];
    }
    if (remediated !== null) records.push(...remediated.records);
    for (const record of remediated?.records ?? []) metrics.remediated(record);
    for (const { event } of notifications) metrics.event(event);
    const appended = Promise.all(records.map((one) => history.append(one)));
    const [, outcomes] = await Promise.all([saving, waitFor.history(appended)]);
    const written = outcomes === late ? late : (outcomes.find(({ ok }) => !ok) ?? { ok: true });
    if (written === late || !written.ok) metrics.skipped('history');
    complaintAbout.history(
      written === late
        ? 'the history does not answer: it is written as soon as it does'
        : written.ok
          ? null
          : written.error.message,
    );
    upcoming = [];
    remediated?.begin?.();
    for (const notification of notifications) delivery.add(notification);
    for (const one of records) publish(one);
    for (const { event } of notifications) publish(eventRecord(event));
    turnedAt = performance.now();
    return outcome;
  }

  return {
    cycle,
    async remember(waitMs) {
      await save(waitMs);
    },
    pausing(ms) {
      idleSince = now();
      nextCheckAt = new Date(idleSince.getTime() + ms);
    },
    view: {
      environment,
      startedAt,
      get intervalMs() {
        return current().intervalMs;
      },
      get freshForMs() {
        return current().freshForMs;
      },
      get stuckAfterMs() {
        const { intervalMs, freshForMs } = current();
        return Math.max(3 * intervalMs, freshForMs);
      },
      sinceTurnMs: () => performance.now() - turnedAt,
      now,
      report: () => report,
      state: () => state,
      lastCheck: () => lastCheck,
      nextCheckAt: () => nextCheckAt,
      history: (since) => history.read(since),
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

/** Reports a sentence once, until another one applies, and `well` once the problem is over. */
function complaint(warn: (text: string) => void, well: string): (text: string | null) => void {
  let said: string | null = null;
  return (text) => {
    if (text !== said) warn(text ?? well);
    said = text;
  };
}

const silencedInWords = (silences: readonly Silence[]): string =>
  `no one is notified: ${silences.map(({ reason, until }) => `${reason} (until ${until})`).join('; ')}`;
