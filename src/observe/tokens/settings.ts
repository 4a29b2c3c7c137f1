import * as z from 'zod';
import { algorithms } from '../../model.js';
import { duration } from '../../schema/fields.js';

/** Header fields that jwtcheck sets itself, or that would change how a token is read (RFC 7515 §4.1, RFC 7797). */
const ownHeader: Readonly<Record<string, string>> = {
  alg: '`alg` follows from `token.algorithm`',
  crit: '`crit` is not supported',
  b64: '`b64` is not supported',
};

const header = z
  .record(z.string().min(1), z.json())
  .check((ctx) => {
    for (const [name, message] of Object.entries(ownHeader)) {
      if (Object.hasOwn(ctx.value, name))
        ctx.issues.push({ code: 'custom', message, input: ctx.value, path: [name] });
    }
  })
  .describe(
    'Header fields of every token in addition to alg, such as kid. typ defaults to JWT; null omits it.',
  )
  .meta({ examples: [{ kid: '2026-01' }, { typ: 'at+jwt' }] });

/** `token` in the configuration. */
export const token = z
  .strictObject({
    algorithm: z.enum(algorithms).default('HS256').describe('HMAC algorithm (RFC 7518 §3.2).'),
    issuer: z.string().optional().describe('Claim iss (RFC 7519 §4.1.1).'),
    audience: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('Claim aud (RFC 7519 §4.1.3).'),
    subject: z.string().default('jwtcheck-probe').describe('Claim sub (RFC 7519 §4.1.2).'),
    ttl: duration({ min: 1000, max: 300_000, what: 'expected at least 1s and at most 5m' })
      .prefault('60s')
      .describe('Lifetime of a probe token, at most 5m.'),
    header: header.default({}),
    claims: z.record(z.string(), z.json()).default({}).describe('Claims of every token.'),
    types: z
      .record(z.string(), z.record(z.string(), z.json()))
      .default({ access: {} })
      .describe('Claims by token type. The first type is presented by default.'),
  })
  .describe('Content of the probe tokens.');

export type TokenSettings = z.output<typeof token>;
