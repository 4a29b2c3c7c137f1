import * as z from 'zod';
import { linesOfSteps } from '../judge/remedy-steps.js';
import { type Level, levels } from '../model.js';
import { eventTraits, type IncidentKind, isGroup, isOver } from '../monitor/event-types.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import { fixCommand, stepsOf } from '../report/view/remedy.js';
import { emulatorNote } from '../report/view/summary.js';
import { allowInsecure, headers, httpUrl } from '../schema/fields.js';
import { parseJson } from '../schema/read-json.js';
import { common, type Notifier, type Sending } from './notifier.js';
import { post, whole, within } from './post.js';

const schema = z
  .strictObject({
    kind: z.literal('alertmanager'),
    ...common,
    url: httpUrl.describe('The address of Alertmanager, without /api/v2/alerts.'),
    headers: headers.default({}),
    generatorUrl: httpUrl.optional().describe('Where its alerts link to; default: watch.externalUrl.'),
    allowInsecure,
  })
  .describe('Alertmanager, API v2: an alert that is kept firing while the incident is open.');

type Settings = z.output<typeof schema>;

const alertNames: Readonly<Record<IncidentKind, string>> = {
  drift: 'JwtSecretDrift',
  unreachable: 'JwtParticipantUnreachable',
  monitor: 'JwtcheckBlind',
  rotation: 'JwtRotationStalled',
};

/** Clients repeat an alert every half minute to three (https://prometheus.io/docs/alerting/latest/clients/). */
const renewal = { least: 10_000, most: 60_000 } as const;

/** Follows Prometheus: this many repetitions may get lost before an alert ends by itself. */
const lostRenewals = 4;

const longest = { label: 500, annotation: 4000, finding: 1000 } as const;
const mostFindings = 10;

const renewEveryMs = ({ intervalMs }: Pick<Sending, 'intervalMs'>): number =>
  Math.min(Math.max(intervalMs, renewal.least), renewal.most);

/** The identifying labels of an alert. Only `severity` may change while an incident lasts. */
export function labelsOf(event: DriftEvent, level: Level): Record<string, string> {
  const alertname = alertNames[eventTraits[event.type].kind];
  const cut = (text: string) => within(text, longest.label);
  return {
    alertname,
    environment: cut(event.environment),
    severity: level.toLowerCase(),
    // An outage is that of one participant. Those of a drift, and those of many that are unreachable at once, may change:
    // with other labels it would be another alert, and the one before would seem to be resolved.
    ...(alertname === 'JwtParticipantUnreachable' && !isGroup(event.incident)
      ? { participant: cut(event.participants.join(', ')) }
      : {}),
  };
}

/** The alerts of one event: the one that fires, and those that end. */
export function alertsOf(
  event: DriftEvent,
  before: DriftEvent | null,
  about: {
    readonly now: Date;
    readonly holdMs: number;
    readonly generatorUrl?: string | undefined;
  },
) {
  const generator = about.generatorUrl ?? event.links?.page ?? null;
  const link = generator === null ? {} : { generatorURL: generator };
  const one = (level: Level, endsAt: string) => ({
    labels: labelsOf(event, level),
    annotations: annotationsOf(event),
    // Alertmanager rejects an alert that ends before it starts; the clock may have been set back since.
    startsAt: event.since < endsAt ? event.since : endsAt,
    endsAt,
    ...link,
  });
  if (isOver(event)) {
    // If the firing severity is unknown, every severity is resolved: Alertmanager sends no notification for one that
    // does not fire.
    const ended = before === null ? levels : [before.level];
    return ended.map((level) => one(level, event.at));
  }
  const firing = one(event.level, new Date(about.now.getTime() + about.holdMs).toISOString());
  return before === null || before.level === event.level ? [firing] : [one(before.level, event.at), firing];
}

function annotationsOf(event: DriftEvent): Record<string, string> {
  const findings = event.findings.slice(0, mostFindings).map((finding) =>
    [`${finding.code}: ${finding.message}`, ...linesOfSteps(stepsOf(finding))]
      .map((line) => within(line, longest.finding))
      .filter((line) => line.trim() !== '')
      .join('\n'),
  );
  const left = event.findings.length - findings.length;
  const description = [...findings, ...(left > 0 ? [`and ${left} more findings`] : [])].join('\n\n');
  const all = {
    summary: within(event.summary, longest.finding),
    description: whole(description, longest.annotation),
    level: event.level,
    participants: within(event.participants.join(', '), longest.finding),
    incident: within(event.incident, longest.finding),
    at: event.at,
    since: event.since,
    emulator: within(emulatorNote(event) ?? '', longest.finding),
    plan: within(
      event.plan === undefined
        ? ''
        : `${fixCommand(event.environment, event.plan.hash)}: ${event.plan.actions.join('; ')}`,
      longest.finding,
    ),
    runbook_url: event.links?.runbook ?? '',
    explain: within(event.links?.explain ?? '', longest.finding),
    mrr_at_risk:
      event.impact.mrrAtRisk > 0
        ? `${event.impact.mrrAtRisk} ${within(event.impact.currency, longest.label)}`
        : '',
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
}

function send(event: DriftEvent, before: DriftEvent | null, settings: Settings, sending: Sending) {
  const { url, headers: configured, tls, generatorUrl } = settings;
  const endpoint = new URL(url);
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  const holdMs = renewEveryMs(sending) * lostRenewals;
  const alerts = alertsOf(event, before, {
    now: sending.now(),
    holdMs,
    generatorUrl,
  });
  return post(
    {
      url: endpoint.href,
      shown: sending.label(url),
      headers: configured,
      body: JSON.stringify(alerts),
      tls,
      refusal: ({ body }) => ({ said: saidBy(body) }),
    },
    sending,
  );
}

/** https://prometheus.io/docs/alerting/latest/alerts_api/ */
export const alertmanager: Notifier<typeof schema> = {
  schema,
  declared: { mayBeInsecure: true, isUrlPublic: true, links: ['generatorUrl'] },
  keepsIncidents: true,
  alertsOnly: true,
  target: ({ url }, { label }) => label(url),
  send: (event, settings, sending, before) => send(event, before, settings, sending),
  renewal: {
    everyMs: (_settings, sending) => renewEveryMs(sending),
    renew: (event, settings, sending) => send(event, null, settings, sending),
  },
};

/** Its answer to what it cannot use: a text, or an object with a `message`. */
function saidBy(body: Buffer): string {
  const answer = z
    .union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)])
    .safeParse(parseJson(body.toString('utf8')));
  return answer.success ? answer.data : '';
}
