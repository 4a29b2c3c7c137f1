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
import { messages } from './websocket-steps.js';

/** A plain subprotocol that a service can select, beside the one with the token. */
export const defaultSubprotocols = ['jwt-auth', 'jwt.{{token.base64url}}'] as const;

/** A token of RFC 9110 §5.6.2, required by RFC 6455 §4.1. Base64 uses other characters. */
const subprotocol = z.string().check((ctx) => {
  const problem =
    templateProblems(ctx.value)[0]?.message ??
    (ctx.value.includes('{{base64:')
      ? 'base64 uses characters that are not allowed in a subprotocol; use {{base64url:…}}'
      : /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(withPlaceholder(ctx.value, 'token'))
        ? null
        : "not a subprotocol: letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 §4.1)");
  if (problem !== null) ctx.issues.push({ code: 'custom', message: problem, input: ctx.value });
});

export const schema = z
  .strictObject({
    kind: z.literal('websocket'),
    name: z.string().min(1).max(64).optional().describe('Name in reports.'),
    url: websocketUrl.describe('URL of the WebSocket. {{token}} is replaced by the probe token.'),
    via: z
      .enum(['header', 'subprotocol', 'query', 'message'])
      .default('header')
      .describe(
        'Where the token is sent: Authorization header, subprotocol, query parameter or first message.',
      ),
    headers: probeHeaders.default({}),
    subprotocols: z
      .array(subprotocol)
      .optional()
      .describe(
        'Subprotocols to offer. Default with via "subprotocol": jwt-auth and jwt.{{token.base64url}}.',
      ),
    parameter: z.string().min(1).default('token').describe('With via "query": name of the query parameter.'),
    message: probeBody
      .optional()
      .describe('The first message, JSON or text. Default with via "message": only the token.'),
    messages: messages.optional(),
    settle: duration({ max: 60_000, what: 'expected at most 60s' })
      .prefault('1s')
      .describe(
        'How long a socket must stay open, because opening it does not prove that the token was accepted.',
      ),
    accepted: z
      .strictObject({ message: messageMatcher.describe('Condition for a message.') })
      .optional()
      .describe('Message that proves acceptance. Default: the socket is still open after settle.'),
    rejected: z
      .strictObject({
        closeCodes: z
          .array(z.int().min(1000).max(4999))
          .optional()
          .describe('Close codes (RFC 6455 §7.4) of a rejection.'),
        message: messageMatcher.optional().describe('Message of a rejection.'),
      })
      .optional()
      .describe(
        'Signs of a rejection, in addition to handshake status 401 and 403. Default close codes: 1008, 4001, 4003, 4401, 4403.',
      ),
    tokenTypes,
    samples,
    tls: tls.optional(),
    timeout: timeout.optional().describe('Timeout of the handshake, and then of all expected `messages`.'),
  })
  .check((ctx) => {
    if (ctx.value.message === undefined || ctx.value.messages === undefined) return;
    const problem = 'expected either `message` or `messages`';
    ctx.issues.push({ code: 'custom', message: problem, input: ctx.value.messages, path: ['messages'] });
  })
  .describe('Presents the token when opening a WebSocket.');

export type WebSocketProbe = z.output<typeof schema>;
