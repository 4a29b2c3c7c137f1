import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { allowInsecure, headers, httpUrl } from '../schema/fields.js';
import { shownUrl } from '../schema/url.js';
import { common, type Notifier } from './notifier.js';
import { post } from './post.js';

const schema = z
  .strictObject({
    kind: z.literal('webhook'),
    ...common,
    url: httpUrl.describe('Where events are posted to.'),
    headers: headers.default({}),
    signingSecret: z
      .string()
      .min(1)
      .optional()
      .describe('Key of the HMAC in X-Jwtcheck-Signature. Take it from an environment variable.'),
    allowInsecure,
  })
  .describe('Any HTTP endpoint: gets the event as JSON.');

/** `sha256=` and the HMAC-SHA256 of the raw body, in hex. */
export function signatureOf(body: string, signingSecret: string): string {
  return `sha256=${createHmac('sha256', signingSecret).update(body).digest('hex')}`;
}

/** Posts the event as it is. The identifier is the same in every try, so that a receiver can pass over repetitions. */
export const webhook: Notifier<typeof schema> = {
  schema,
  declared: { mayBeInsecure: true },
  keepsIncidents: true,
  target: ({ url }, { label }) => shownUrl(url, label),
  send(event, { url, headers: configured, signingSecret, tls }, sending) {
    const body = JSON.stringify(event);
    const own = {
      'x-jwtcheck-event': event.type,
      'x-jwtcheck-event-id': event.id,
      ...(signingSecret === undefined ? {} : { 'x-jwtcheck-signature': signatureOf(body, signingSecret) }),
    };
    const shown = shownUrl(url, sending.label);
    return post({ url, shown, headers: { ...configured, ...own }, body, tls }, sending);
  },
};
