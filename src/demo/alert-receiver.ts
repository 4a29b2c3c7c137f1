import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { at } from '../schema/path.js';
import { parseJson } from '../schema/read-json.js';
import { type Listening, listen } from './json-server.js';

/** An event that the webhook received. */
export interface Received {
  readonly type: string;
  readonly level: string;
  readonly incident: string;
  /** Whether it was signed with the shared secret. */
  readonly genuine: boolean;
}

/**
 * A webhook receiver as a user would write it: it verifies the signature over the raw body before it reads the event.
 */
export function startAlertReceiver(
  signingSecret: string,
  onReceived: (received: Received) => void,
): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const expected = `sha256=${createHmac('sha256', signingSecret).update(body).digest('hex')}`;
    const given = String(request.headers['x-jwtcheck-signature'] ?? '');
    const genuine =
      given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
    const event = parseJson(body);
    // Any program of this machine can post here, and an object need not have a text.
    const textOf = (name: string): string => {
      const value = at(event, [name]);
      return typeof value === 'string' ? value : '';
    };
    onReceived({ type: textOf('type'), level: textOf('level'), incident: textOf('incident'), genuine });
    response.writeHead(204).end();
  });
  return listen(server);
}
