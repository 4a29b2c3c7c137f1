import * as z from 'zod';
import { durationHelp, durationPattern, parseDuration } from './duration.js';
import { templateProblems, withPlaceholder } from './token-template.js';
import { parseUrl } from './url.js';

/** A duration in the file, milliseconds in the program. */
export function duration(limits: { min?: number; max?: number; what?: string } = {}) {
  return z
    .string()
    .regex(durationPattern, `expected ${durationHelp}`)
    .meta({ examples: ['500ms', '5s', '2m'] })
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine(
      (ms) => ms >= (limits.min ?? 0) && ms <= (limits.max ?? Number.MAX_SAFE_INTEGER),
      limits.what ?? 'out of range',
    );
}

/** How long one request may take. */
export const timeout = duration({ min: 1, max: 3_600_000, what: 'expected at least 1ms and at most 1h' });

function url(schemes: readonly string[], probeTemplates: boolean) {
  return z.string().check((ctx) => {
    const complain = (message: string): void => {
      ctx.issues.push({ code: 'custom', message, input: ctx.value });
    };
    const [problem] = probeTemplates ? templateProblems(ctx.value) : [];
    if (problem !== undefined) return complain(problem.message);
    if (probeTemplates && /\{\{base64(?:url)?:[^{}]*[?&#]/.test(ctx.value))
      return complain('no ?, & or # within {{base64:…}} of a URL');
    const text = probeTemplates ? withPlaceholder(ctx.value, 'token') : ctx.value;
    const parsed = parseUrl(text);
    if (parsed === null || !schemes.includes(`${parsed.protocol}//`))
      return complain(`expected a URL with ${schemes.join(' or ')}`);
    if (parsed.username !== '' || parsed.password !== '') {
      complain('a URL must not carry credentials; put them into `headers`, from an environment variable');
    }
  });
}

export const httpUrl = url(['https://', 'http://'], false);
export const probeUrl = url(['https://', 'http://'], true);
export const websocketUrl = url(['wss://', 'ws://'], true);

/** RFC 6901. */
export const jsonPointer = z
  .string()
  .regex(/^(\/([^~]|~[01])*)?$/, 'expected a JSON Pointer (RFC 6901), such as /fingerprint')
  .describe('A JSON Pointer (RFC 6901).');

export const headers = z
  .record(
    z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a header name (RFC 9110 §5.1)'),
    z
      .string()
      .regex(
        /^[\t\x20-\x7e\x80-\xff]*$/,
        'not a header value: control characters or line breaks (RFC 9110 §5.5)',
      ),
  )
  .describe('Header fields to send. Take secrets from environment variables.');

/** Header fields in which the token may have a place. */
export const probeHeaders = headers.check(templates);

/** JSON or text in which the token may have a place. */
export const probeBody = z.json().check(templates);

/** Complains of a malformed template anywhere in a value. */
function templates(ctx: z.core.ParsePayload<unknown>): void {
  for (const { path, message } of templateProblems(ctx.value))
    ctx.issues.push({ code: 'custom', message, input: ctx.value, path: [...path] });
}

export const tls = z
  .strictObject({
    ca: z.string().optional().describe('Path of a PEM file with the certificate authorities to trust.'),
    cert: z.string().optional().describe('Path of a PEM file with the client certificate.'),
    key: z.string().optional().describe("Path of a PEM file with the client certificate's private key."),
    serverName: z.string().optional().describe("Name to expect in the server's certificate."),
  })
  .describe('TLS for this connection; paths are relative to the configuration file.');

export type TlsOptions = z.output<typeof tls>;

export const allowInsecure = z
  .boolean()
  .default(false)
  .describe('Allow plain HTTP to a host other than this machine.');

/** Of a probe. */
export const tokenTypes = z
  .array(z.string())
  .min(1)
  .optional()
  .describe('Token types to present; default: the first of token.types.');

export const samples = z
  .int()
  .min(1)
  .max(100)
  .default(1)
  .describe('Number of requests, each on a new connection, to reach different replicas.');

/** One schema out of a registry: a kind that is registered is a kind that can be configured. */
export function oneOf<T extends z.core.$ZodTypeDiscriminable>(schemas: readonly T[]) {
  const [first, ...rest] = schemas;
  if (first === undefined) throw new TypeError('an empty registry');
  return z.discriminatedUnion('kind', [first, ...rest]);
}
