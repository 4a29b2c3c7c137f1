import * as z from 'zod';
import {
  duration,
  probeBody,
  probeHeaders,
  samples,
  timeout,
  tls,
  tokenTypes,
  websocketUrl,
} from '../../../schema/fields.js';
import { templateProblems, withPlaceholder } from '../../../schema/token-template.js';
import { messageMatcher } from '../matcher.js';
import { messages } from './steps.js';

/** A plain one that they can choose, beside the one that is the token. */
export const defaultSubprotocols = ['jwt-auth', 'jwt.{{token.base64url}}'] as const;

/** A token of RFC 9110 §5.6.2, as RFC 6455 §4.1 wants it. Base64 has characters that are not allowed here. */
const subprotocol = z.string().check((ctx) => {
  const problem =
    templateProblems(ctx.value)[0]?.message ??
    (ctx.value.includes('{{base64:')
      ? 'base64 has characters that no subprotocol may have; use {{base64url:…}}'
      : /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(withPlaceholder(ctx.value, 'token'))
        ? null
        : "not a subprotocol: letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 §4.1)");
  if (problem !== null) ctx.issues.push({ code: 'custom', message: problem, input: ctx.value });
});

export const schema = z
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
    headers: probeHeaders.default({}),
    subprotocols: z
      .array(subprotocol)
      .optional()
      .describe(
        'Subprotocols to offer; with via "subprotocol" default jwt-auth and jwt.{{token.base64url}}.',
      ),
    parameter: z.string().min(1).default('token').describe('With via "query": name of the query parameter.'),
    message: probeBody
      .optional()
      .describe('The first message, JSON or text; with via "message" default: the token alone.'),
    messages: messages.optional(),
    settle: duration({ max: 60_000, what: 'expected at most 60s' })
      .prefault('1s')
      .describe('How long a socket must stay open: an open socket is not yet an accepted token.'),
    accepted: z
      .strictObject({ message: messageMatcher.describe('A message that matches.') })
      .optional()
      .describe('The message that shows acceptance. Default: still open after settle.'),
    rejected: z
      .strictObject({
        closeCodes: z
          .array(z.int().min(1000).max(4999))
          .optional()
          .describe('Close codes (RFC 6455 §7.4) that mean a rejection.'),
        message: messageMatcher.optional().describe('A message that means a rejection.'),
      })
      .optional()
      .describe(
        'What shows rejection beside handshake status 401 and 403. Default close codes: 1008, 4001, 4003, 4401, 4403.',
      ),
    tokenTypes,
    samples,
    tls: tls.optional(),
    timeout: timeout
      .optional()
      .describe('How long the handshake may take, and then all that is waited for in `messages`.'),
  })
  .check((ctx) => {
    if (ctx.value.message === undefined || ctx.value.messages === undefined) return;
    const problem = 'expected either `message` or `messages`';
    ctx.issues.push({ code: 'custom', message: problem, input: ctx.value.messages, path: ['messages'] });
  })
  .describe('Presents the token when opening a WebSocket.');

export type WebSocketProbe = z.output<typeof schema>;
