import { alertmanager } from './alertmanager.js';
import { pagerduty } from './pagerduty.js';
import { slack } from './slack.js';
import { webhook } from './webhook.js';

/**
 * Every kind of notifier. A new one needs a file beside these and a line here; schema, types and documentation follow.
 */
export const notifiers = { slack, pagerduty, alertmanager, webhook } as const;

export type NotifierKind = keyof typeof notifiers;
