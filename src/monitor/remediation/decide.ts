import type { RemediateSettings, RemediationWindow } from '../../config/remediate-schema.js';
import type { FixPlan, Rollout } from '../../fix/action.js';
import { silenceFor } from '../alerting/transition.js';
import type { EnvironmentState, Silence } from '../monitor-model.js';
import type { Remediation, RemediationState } from './remediation-model.js';

export interface Situation {
  readonly settings: RemediateSettings;
  readonly plan: FixPlan;
  /** Version of the reference. */
  readonly version: string;
  /** After the check. */
  readonly state: Pick<EnvironmentState, 'incident'>;
  readonly remediation: RemediationState;
  /** Checks of this process with this configuration, this one included. */
  readonly checks: number;
  readonly silence: readonly Silence[];
  readonly now: Date;
}

const hour = 3_600_000;

/**
 * The one action to begin after a check; `null`: none. Pure. Never in the first check of a process or a configuration, only
 * once the incident is confirmed, and never twice for the same participant, cause and version of the reference.
 */
export function decideRemediation(situation: Situation): { action: Rollout; begun: Remediation } | null {
  const { settings, plan, version, state, remediation, checks, silence, now } = situation;
  const { incident } = state;
  const { tried, running, endedAt, stopped } = remediation;
  if (settings.mode !== 'safe' || checks < 2 || running !== null) return null;
  if (incident === null || stopped === incident.id || plan.refusal !== null || plan.hash === null)
    return null;
  const recent = tried.filter(({ at }) => now.getTime() - Date.parse(at) < hour);
  const isPausing = endedAt !== null && now.getTime() - Date.parse(endedAt) < settings.pause;
  if (recent.length >= settings.perHour || isPausing || !isWithin(settings.windows, now)) return null;
  const at = now.toISOString();
  for (const action of plan.actions) {
    const { participant, cause } = action;
    if (action.do !== 'rollout') continue;
    const isConfirmed = incident.told.findings.some(
      ({ code, participants }) => code === cause && participants.includes(participant),
    );
    const isTried = tried.some(
      (one) => one.participant === participant && one.cause === cause && one.version === version,
    );
    if (!isConfirmed || isTried || silenceFor(silence, [participant], at) !== null) continue;
    return { action, begun: { participant, cause, version, plan: plan.hash, at, incident: incident.id } };
  }
  return null;
}

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Whether one of the windows is open; without any, always. */
export function isWithin(windows: readonly RemediationWindow[], now: Date): boolean {
  if (windows.length === 0) return true;
  const time = now.toISOString().slice(11, 16);
  const today = days[now.getUTCDay()];
  const yesterday = days[(now.getUTCDay() + 6) % 7];
  return windows.some(({ days: on, start, end }) => {
    const begins = (day: typeof today): boolean =>
      on === undefined || (day !== undefined && on.includes(day));
    if (start < end) return begins(today) && start <= time && time < end;
    return (begins(today) && start <= time) || (begins(yesterday) && time < end);
  });
}
