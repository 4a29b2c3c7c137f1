import type { RemediateSettings } from '../../config/remediate-schema.js';
import type { Rollout } from '../../fix/action.js';
import { type Progress, progressOf } from '../../fix/action-progress.js';
import { actionLine } from '../../fix/describe-action.js';
import type { ActionEnd, Fixer } from '../../fix/fixer.js';
import { planFix } from '../../fix/plan-fix.js';
import type { Report } from '../../model.js';
import { eventOf } from '../../notify/event.js';
import type { EventType } from '../event-types.js';
import type { RemediationRecord } from '../history/record.js';
import type { EnvironmentState, Incident, Notification, Silence } from '../monitor-model.js';
import { createPatience, late } from '../state/patience.js';
import { decideRemediation } from './decide.js';
import type { EventPlan, Remediation, RemediationResult, RemediationState } from './remediation-model.js';

/** What one check leads to. */
export interface Remediated {
  readonly state: RemediationState;
  /** The state if the action is not begun after all. */
  readonly unbegun: RemediationState;
  /** For alerts; `null` without one. */
  readonly plan: EventPlan | null;
  readonly notifications: readonly Notification[];
  readonly records: readonly RemediationRecord[];
  /** To be called once the state is saved; `null` if nothing is begun. */
  readonly begin: (() => void) | null;
}

/** One check, as the remediation sees it. */
export interface RemediatedCheck {
  readonly report: Report;
  readonly before: RemediationState;
  /** The incident before the check, and the state after it. */
  readonly incident: Incident | null;
  readonly state: EnvironmentState;
  readonly settings: RemediateSettings;
  readonly silence: readonly Silence[];
  /** Identifies the configuration. */
  readonly configuration: object;
  readonly now: Date;
  /** Opens what fixes, for this configuration. */
  readonly openFixer: () => Fixer;
}

/** Plans what would fix a drift, and carries out safe actions in the background, one at a time. */
export interface Remediator {
  checked(check: RemediatedCheck): Promise<Remediated>;
  /** Resolves once no program runs any more. */
  settled(): Promise<void>;
}

/** An action of this process. */
interface Running {
  readonly report: Report;
  readonly action: Rollout;
  end: { readonly result: ActionEnd; readonly at: Date } | null;
}

const mostRemembered = 100;

/** How long a check waits for a plan: less than the time that a signal leaves. Milliseconds. */
const planWaitMs = 3000;

/** @param now by the clock of the monitor */
export function openRemediator({ now }: { readonly now: () => Date }): Remediator {
  const patience = createPatience(planWaitMs);
  let configuration: object | null = null;
  let checks = 0;
  let running: Running | null = null;
  let work: Promise<void> = Promise.resolve();

  async function planned({ report, settings, openFixer }: RemediatedCheck) {
    if (settings.mode === 'off' || report.verdict !== 'inconsistent') return null;
    const fixer = openFixer();
    try {
      const known = await patience(fixer.readPlanInput(report));
      return known === late ? null : planFix(report, known);
    } finally {
      await fixer.close();
    }
  }

  function begin(action: Rollout, plan: string, { report, openFixer }: RemediatedCheck): void {
    const mine: Running = { report, action, end: null };
    running = mine;
    work = (async () => {
      const fixer = openFixer();
      try {
        mine.end = { result: await fixer.carryOut(action, plan), at: now() };
      } catch {
        mine.end = { result: { ok: false, message: 'internal error', hint: null }, at: now() };
      } finally {
        await fixer.close();
      }
    })();
  }

  return {
    async checked(check) {
      if (configuration !== check.configuration) checks = 0;
      configuration = check.configuration;
      checks += 1;
      const { before, settings, report, state, silence } = check;
      const ended = endOf(check, running);
      if (ended !== null) running = null;
      const after = ended === null ? before : afterEnd(before, ended, check);
      const plan = await planned(check).catch(() => null);
      const version = report.reference?.version ?? report.reference?.fingerprint ?? '';
      const decided =
        plan === null || running !== null
          ? null
          : decideRemediation({
              settings,
              plan,
              version,
              state,
              remediation: after,
              checks,
              silence,
              now: check.now,
            });
      const notifications = [
        ...(before.running === null || ended === null
          ? []
          : notify('remediation-finished', ended.text, before.running, check)),
        ...(decided === null
          ? []
          : notify('remediation-started', actionLine(decided.action), decided.begun, check)),
      ];
      return {
        state:
          decided === null
            ? after
            : {
                ...after,
                running: decided.begun,
                tried: [...after.tried, decided.begun].slice(-mostRemembered),
              },
        unbegun: after,
        plan:
          plan?.hash == null
            ? null
            : { hash: plan.hash, actions: plan.actions.map((action) => actionLine(action)) },
        notifications,
        records: [
          ...(before.running === null || ended === null ? [] : [recordOf(before.running, ended, check)]),
          ...(decided === null ? [] : [recordOf(decided.begun, null, check)]),
        ],
        begin: decided === null ? null : () => begin(decided.action, decided.begun.plan, check),
      };
    },
    settled: () => work,
  };
}

interface Ended {
  readonly result: RemediationResult;
  readonly text: string;
}

/** How the action that was begun ended; `null` while that is unknown. */
function endOf({ before, report, settings, now }: RemediatedCheck, running: Running | null): Ended | null {
  const { running: begun } = before;
  if (begun === null) return null;
  const of = `rollout of ${begun.participant} (${begun.cause})`;
  if (running === null) return { result: 'interrupted', text: `${of}: interrupted, and not begun again` };
  const { end } = running;
  if (end === null) return null;
  if (!end.result.ok) return { result: 'failed', text: `${of}: ${end.result.message}` };
  const progress = progressOf(running.report, report, running.action, [begun.participant]);
  if (progress.is === 'fixed') return { result: 'fixed', text: `${of}: fixed` };
  if (now.getTime() - end.at.getTime() < settings.pause) return null;
  return progress.is === 'worse'
    ? {
        result: 'worse',
        text: `${of}: it got worse: ${whatOf(progress)}; nothing else is done in this incident`,
      }
    : {
        result: 'not-fixed',
        text: `${of}: the finding is still there; nothing else is done in this incident`,
      };
}

const whatOf = (progress: Progress): string => (progress.is === 'worse' ? progress.what : '');

function afterEnd(before: RemediationState, { result }: Ended, { now }: RemediatedCheck): RemediationState {
  const incident = before.running?.incident ?? null;
  return {
    ...before,
    running: null,
    endedAt: now.toISOString(),
    stopped: result === 'fixed' ? before.stopped : incident,
  };
}

/** Only while its incident is open: an update would open it again. */
function notify(
  type: Extract<EventType, `remediation-${string}`>,
  text: string,
  about: Remediation,
  { incident: open, state, report, now }: RemediatedCheck,
): Notification[] {
  const incident = open ?? state.incident;
  if (incident === null || incident.id !== about.incident) return [];
  const { id, dedupKey, since, told, peak } = incident;
  const { level, findings, impact } = told;
  const event = eventOf({
    ...{ incident: id, dedupKey, type, level, peak, since, findings, impact },
    environment: report.environment,
    at: now.toISOString(),
    participants: [about.participant],
    summary: text,
    links: undefined,
    ...(report.emulators === undefined ? {} : { emulators: report.emulators }),
  });
  return [{ event, urgency: level }];
}

const recordOf = (
  { participant, cause, version, plan }: Remediation,
  ended: Ended | null,
  { report, now }: RemediatedCheck,
): RemediationRecord => ({
  type: 'remediation',
  at: now.toISOString(),
  environment: report.environment,
  participant,
  cause,
  version,
  plan,
  result: ended?.result ?? 'started',
  message: ended?.text ?? null,
});
