import { eventTraits, isOver } from '../event-types.js';
import type { Notification } from '../monitor-model.js';
import type { EventPlan } from './remediation-model.js';
import type { Remediated } from './remediator.js';

/** What a check leads to if its action is not begun. */
export const withoutBegin = (remediated: Remediated): Remediated => ({
  ...remediated,
  state: remediated.unbegun,
  notifications: remediated.notifications.filter(({ event }) => event.type !== 'remediation-started'),
  records: remediated.records.filter(({ result }) => result !== 'started'),
  begin: null,
});

/** Alerts carry what would fix the drift. */
export const withPlan = (
  notifications: readonly Notification[],
  plan: EventPlan | null,
): readonly Notification[] =>
  plan === null
    ? notifications
    : notifications.map((one) =>
        eventTraits[one.event.type].kind === 'drift' && !isOver(one.event)
          ? { ...one, event: { ...one.event, plan } }
          : one,
      );
