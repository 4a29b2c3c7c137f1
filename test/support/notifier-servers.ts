import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { type Answer, startServer, type TestServer } from './http-server.js';

/** A server that takes messages by the documented rules of an API, and what it took. */
export interface NotifierServer<Message> extends TestServer {
  readonly taken: readonly Message[];
  /** The requests that it rejected, with its messages. */
  readonly refused: readonly string[];
  /** Answers for the next requests, instead of the default ones. */
  readonly instead: Answer[];
}

interface Rules<Message> {
  /** The message, or a rejection. */
  check(request: IncomingMessage, body: Buffer): { message: Message } | { status: number; said: string };
  welcome(response: ServerResponse, message: Message): void;
}

async function start<Message>({ check, welcome }: Rules<Message>): Promise<NotifierServer<Message>> {
  const taken: Message[] = [];
  const refused: string[] = [];
  const instead: Answer[] = [];
  const server = await startServer((request, response) => {
    const other = instead.shift();
    if (other !== undefined) return other(request, response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const checked =
        request.method !== 'POST' || request.headers['content-type'] !== 'application/json'
          ? { status: 405, said: 'not a POST of JSON' }
          : check(request, Buffer.concat(chunks));
      if ('message' in checked) {
        taken.push(checked.message);
        return welcome(response, checked.message);
      }
      refused.push(checked.said);
      response.writeHead(checked.status).end(checked.said);
    });
  });
  return Object.assign(server, { taken, refused, instead });
}

function parsed<T>(schema: z.ZodType<T>, body: Buffer): { message: T } | string {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return 'not JSON';
  }
  const result = schema.safeParse(json);
  return result.success ? { message: result.data } : z.prettifyError(result.error);
}

/** Slack counts what arrives, entities included. */
const mrkdwnText = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z
      .string()
      .min(1)
      .max(most)
      .refine((text) => !/[<>]|&(?!(amp|lt|gt);)/.test(text), 'an unescaped character'),
    verbatim: z.literal(true),
  });

const slackBlock = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    text: z.strictObject({
      type: z.literal('plain_text'),
      text: z.string().min(1).max(150),
      emoji: z.boolean(),
    }),
  }),
  z
    .strictObject({
      type: z.literal('section'),
      text: mrkdwnText(3000).optional(),
      fields: z.array(mrkdwnText(2000)).min(1).max(10).optional(),
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'neither text nor fields'),
  z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwnText(3000)).min(1).max(10) }),
]);

export const slackMessage = z.strictObject({
  text: z.string().min(1).max(40_000),
  mrkdwn: z.literal(false),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z.array(slackBlock).min(1).max(50),
});

/** A Slack incoming webhook at this path. */
export function startSlack(path: string) {
  return start<z.output<typeof slackMessage>>({
    check(request, body) {
      if (request.url !== path) return { status: 404, said: 'no_service' };
      const result = parsed(slackMessage, body);
      return typeof result === 'string' ? { status: 400, said: `invalid_blocks: ${result}` } : result;
    },
    welcome: (response) => void response.end('ok'),
  });
}

const small = z.string().min(1).max(255);
const pagerdutyEvent = z.discriminatedUnion('event_action', [
  z.strictObject({
    event_action: z.literal('trigger'),
    routing_key: z.string(),
    dedup_key: small,
    client: z.string(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: small,
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: small.optional(),
      group: small,
      class: small,
      custom_details: z.record(z.string(), z.json()),
    }),
  }),
  z.strictObject({ event_action: z.literal('resolve'), routing_key: z.string(), dedup_key: small }),
]);

/** The Events API v2 of PagerDuty: at most 512 KB, 202 for what it took, the incidents that are open. */
export async function startPagerDuty(routingKey: string) {
  const incidents = new Map<string, 'triggered' | 'resolved'>();
  const server = await start<z.output<typeof pagerdutyEvent>>({
    check(request, body) {
      const invalid = (error: string) => ({
        status: 400,
        said: JSON.stringify({
          status: 'invalid event',
          message: 'Event object is invalid',
          errors: [error],
        }),
      });
      if (request.url !== '/v2/enqueue') return { status: 404, said: 'not found' };
      if (body.length > 512 * 1024) return { status: 413, said: 'too large' };
      const result = parsed(pagerdutyEvent, body);
      if (typeof result === 'string') return invalid(result);
      const { message } = result;
      // As a server would that repeats what it was sent.
      if (message.routing_key !== routingKey) return invalid(`no integration for ${message.routing_key}`);
      return result;
    },
    welcome(response, message) {
      const { dedup_key, event_action } = message;
      if (event_action === 'trigger') incidents.set(dedup_key, 'triggered');
      else if (incidents.has(dedup_key)) incidents.set(dedup_key, 'resolved');
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'success', message: 'Event processed', dedup_key }));
    },
  });
  return Object.assign(server, { incidents });
}

const postableAlerts = z
  .array(
    z
      .strictObject({
        labels: z
          .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string().min(1))
          .refine((labels) => labels.alertname !== undefined, 'no alertname'),
        annotations: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()),
        startsAt: z.iso.datetime(),
        endsAt: z.iso.datetime(),
        generatorURL: z.url().optional(),
      })
      .refine(
        ({ startsAt, endsAt }) => Date.parse(endsAt) >= Date.parse(startsAt),
        'it ends before it starts',
      ),
  )
  .min(1);

export type PostableAlert = z.output<typeof postableAlerts>[number];

/** API v2 of Alertmanager: an alert is its labels, and fires until `endsAt`. */
export async function startAlertmanager(prefix = '') {
  const alerts = new Map<string, PostableAlert>();
  const server = await start<readonly PostableAlert[]>({
    check(request, body) {
      if (request.url !== `${prefix}/api/v2/alerts`) return { status: 404, said: 'not found' };
      const result = parsed(postableAlerts, body);
      return typeof result === 'string' ? { status: 400, said: JSON.stringify(result) } : result;
    },
    welcome(response, message) {
      for (const alert of message) {
        const key = JSON.stringify(Object.entries(alert.labels).sort());
        // Ending an alert that never fired sends no notification.
        if (alerts.has(key) || Date.parse(alert.endsAt) > Date.now()) alerts.set(key, alert);
      }
      response.end();
    },
  });
  const at = (now: number, fires: boolean) =>
    [...alerts.values()].filter(({ endsAt }) => Date.parse(endsAt) > now === fires);
  return Object.assign(server, {
    firing: (now = Date.now()) => at(now, true),
    ended: (now = Date.now()) => at(now, false),
  });
}

/** An endpoint that verifies requests as the documentation describes. */
export function startHook(signingSecret: string | null) {
  return start<{ event: unknown; headers: IncomingMessage['headers'] }>({
    check(request, body) {
      const given = request.headers['x-jwtcheck-signature'];
      if (signingSecret !== null) {
        const expected = `sha256=${createHmac('sha256', signingSecret).update(body).digest('hex')}`;
        const same =
          typeof given === 'string' &&
          given.length === expected.length &&
          timingSafeEqual(Buffer.from(given), Buffer.from(expected));
        if (!same) return { status: 401, said: 'wrong signature' };
      } else if (given !== undefined) return { status: 400, said: 'a signature without a secret' };
      const result = parsed(z.json(), body);
      if (typeof result === 'string') return { status: 400, said: result };
      return { message: { event: result.message, headers: request.headers } };
    },
    welcome: (response) => void response.writeHead(204).end(),
  });
}
