import { createHash } from 'node:crypto';
import * as z from 'zod';
import { linesOfSteps } from '../judge/remedy-steps.js';
import type { Level } from '../model.js';
import { isOver } from '../monitor/event-types.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import { fixCommand, stepsOf } from '../report/view/remedy.js';
import { emulatorNote } from '../report/view/summary.js';
import { httpUrl } from '../schema/fields.js';
import { at } from '../schema/path.js';
import { parseJson } from '../schema/read-json.js';
import { common, type Notifier } from './notifier.js';
import { post, within } from './post.js';

const ownUrl = 'https://events.pagerduty.com/v2/enqueue';

const schema = z
  .strictObject({
    kind: z.literal('pagerduty'),
    ...common,
    routingKey: z
      .string()
      .min(1)
      .describe('The integration key of an Events API v2 integration. Take it from an environment variable.'),
    url: httpUrl
      .default(ownUrl)
      .describe('The Events API; for the EU https://events.eu.pagerduty.com/v2/enqueue.'),
  })
  .describe('PagerDuty, Events API v2: one incident from the first alert to its end.');

/** The four severities of PagerDuty. `critical` and `error` are of high urgency there by default. */
const severities: Readonly<Record<Level, 'critical' | 'error' | 'warning' | 'info'>> = {
  EMERGENCY: 'critical',
  CRITICAL: 'error',
  WARNING: 'warning',
  INFO: 'info',
};

/** Characters, by the reference of the Events API v2; that of the other fields is our own measure. */
const longest = { dedupKey: 255, summary: 1024, field: 255, detail: 2000 } as const;

/** Findings in one event: it may be no larger than 512 KB. */
const mostFindings = 30;
const mostNames = 100;

/** The key of the incident. A key that is too long keeps its beginning, and a hash makes it unique. */
export function dedupKeyOf(incident: string): string {
  if (incident.length <= longest.dedupKey) return incident;
  const hash = createHash('sha256').update(incident).digest('hex').slice(0, 32);
  return `${incident.slice(0, longest.dedupKey - hash.length - 1)}#${hash}`;
}

/**
 * One incident for each `dedup_key`: triggered by every event of an open incident, resolved by its end. Acknowledging
 * is left to people. https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export const pagerduty: Notifier<typeof schema> = {
  schema,
  declared: {
    isUrlPublic: true,
    contacts: (settings) => (at(settings, ['url']) === undefined ? [{ key: null, url: ownUrl }] : []),
  },
  keepsIncidents: true,
  alertsOnly: true,
  target: ({ url }, { label }) => label(url),
  send(event, { url, routingKey, tls }, sending) {
    const dedup = { routing_key: routingKey, dedup_key: dedupKeyOf(event.dedupKey ?? event.incident) };
    const { page = null, runbook = null } = event.links ?? {};
    const body = isOver(event)
      ? { ...dedup, event_action: 'resolve' }
      : {
          ...dedup,
          event_action: 'trigger',
          client: 'jwtcheck',
          ...(page === null ? {} : { client_url: page }),
          ...(runbook === null ? {} : { links: [{ href: runbook, text: 'Runbook' }] }),
          payload: payloadOf(event),
        };
    return post(
      {
        url,
        shown: sending.label(url),
        body: JSON.stringify(body),
        tls,
        refusal: ({ status, body: answer }) => ({
          said: saidBy(answer),
          ...(status === 400 || status === 403
            ? {
                hint: 'Check `routingKey`: it must be the key of an Events API v2 integration, 32 characters.',
              }
            : {}),
        }),
      },
      sending,
    );
  },
};

function payloadOf(event: DriftEvent) {
  const cut = (text: string, most: number = longest.field): string => within(text, most);
  const { findings, participants } = event;
  const emulator = emulatorNote(event);
  const left = findings.length - mostFindings;
  return {
    summary: cut(event.summary, longest.summary) || event.type,
    source: cut(event.environment) || 'jwtcheck',
    severity: severities[event.level],
    timestamp: event.at,
    component: cut(participants.join(', ')) || 'jwtcheck',
    group: cut(event.environment) || 'jwtcheck',
    class: cut(findings[0]?.code ?? '') || event.type,
    custom_details: {
      event: event.type,
      event_id: event.id,
      incident: event.incident,
      level: event.level,
      at: event.at,
      since: event.since,
      ...(emulator === null ? {} : { emulator: cut(emulator) }),
      ...(event.links === undefined ? {} : { explain: cut(event.links.explain) }),
      ...(event.plan === undefined
        ? {}
        : {
            plan: cut(fixCommand(event.environment, event.plan.hash), longest.detail),
            actions: event.plan.actions.slice(0, mostFindings).map((line) => cut(line, longest.detail)),
          }),
      participants: participants.slice(0, mostNames).map((name) => cut(name)),
      findings: findings.slice(0, mostFindings).map((finding) => ({
        code: cut(finding.code),
        participants: finding.participants.slice(0, mostNames).map((name) => cut(name)),
        message: cut(finding.message, longest.detail),
        // Commands stay on separate, indented lines.
        remedy: linesOfSteps(stepsOf(finding))
          .join('\n')
          .slice(0, longest.detail)
          .split('\n')
          .map((line) => cut(line, longest.detail)),
      })),
      ...(left > 0 ? { findings_left_out: left } : {}),
      mrr_at_risk: `${event.impact.mrrAtRisk} ${cut(event.impact.currency)}`,
    },
  };
}

/** `message` and `errors` of its answer. */
function saidBy(body: Buffer): string {
  const answer = z
    .object({ message: z.string().catch(''), errors: z.array(z.string()).catch([]) })
    .safeParse(parseJson(body.toString('utf8')));
  if (!answer.success) return '';
  return [answer.data.message, ...answer.data.errors].filter((text) => text !== '').join('; ');
}
