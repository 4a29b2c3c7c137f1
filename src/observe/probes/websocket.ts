import { z } from 'zod';
import {
  allowInsecure,
  duration,
  headers,
  samples,
  timeout,
  tls,
  websocketUrl,
} from '../../config/fields.js';
import { messageMatcher } from './matcher.js';
import type { Probe } from './probe.js';

const schema = z
  .strictObject({
    kind: z.literal('websocket'),
    name: z.string().min(1).max(64).optional().describe('What to call it in reports.'),
    url: websocketUrl.describe('URL of the WebSocket. {{token}} stands for the probe token.'),
    via: z
      .enum(['header', 'subprotocol', 'query', 'message'])
      .default('header')
      .describe(
        'How the token travels: Authorization header, subprotocol, query parameter or first message.',
      ),
    headers: headers.default({}),
    subprotocols: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'Subprotocols to offer; with via "subprotocol" default jwt-auth and jwt.{{token.base64url}}.',
      ),
    parameter: z.string().min(1).default('token').describe('With via "query": name of the query parameter.'),
    message: z
      .json()
      .optional()
      .describe('With via "message": the first message, JSON or text; default: the token alone.'),
    settle: duration({ max: 60_000, what: 'expected at most 60s' })
      .prefault('1s')
      .describe('How long a socket must stay open: an open socket is not yet an accepted token.'),
    accepted: z
      .strictObject({ message: messageMatcher })
      .optional()
      .describe('The message that shows acceptance. Default: still open after settle.'),
    rejected: z
      .strictObject({
        closeCodes: z.array(z.int().min(1000).max(4999)).optional(),
        message: messageMatcher.optional(),
      })
      .optional()
      .describe(
        'What shows rejection beside handshake status 401 and 403. Default close codes: 1008, 4001, 4003, 4401, 4403.',
      ),
    tokenTypes: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Token types to present; default: the first of token.types.'),
    samples,
    tls: tls.optional(),
    timeout: timeout.optional().describe('How long the handshake may take.'),
    allowInsecure,
  })
  .describe('Presents the token when opening a WebSocket.');

export const websocket: Probe<typeof schema> = {
  schema,
  target: (probe, world) => world.label(probe.url),
  async attempt() {
    return { result: 'inconclusive', status: null, closeCode: null, detail: 'pending', reason: 'connection' };
  },
};
