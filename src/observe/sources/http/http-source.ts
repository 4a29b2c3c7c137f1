import * as z from 'zod';
import {
  allowInsecure,
  headers,
  httpUrl,
  jsonPointer,
  samples,
  timeout,
  tls,
} from '../../../schema/fields.js';
import { isServiceName } from '../../../secret/proof-protocol.js';
import type { ObserveContext } from '../../context.js';
import type { HttpResponse, Outcome } from '../../network/network.js';
import { failed, type Source } from '../source.js';
import { readAnswer } from './fingerprint-answer.js';
import { type Answered, combine } from './replicas.js';

const schema = z
  .strictObject({
    kind: z.literal('http'),
    url: httpUrl.describe('URL of the fingerprint endpoint.'),
    method: z.enum(['GET', 'POST']).default('GET').describe('HTTP method.'),
    headers: headers.default({}),
    pointer: jsonPointer
      .default('/fingerprint')
      .describe('JSON Pointer (RFC 6901) to the fingerprint in the response.'),
    samples,
    addresses: z.literal('all').optional().describe('Ask every address of the host name separately.'),
    tls: tls.optional(),
    timeout: timeout.optional().describe('Timeout of one request.'),
    allowInsecure,
    service: z
      .string()
      .refine(isServiceName, 'expected 1 to 128 bytes without control characters')
      .optional()
      .describe('Service name of its proofs of possession. Default: the name of the participant.'),
    require: z
      .literal('proof')
      .optional()
      .describe('Require a proof of possession: with only a fingerprint, the participant counts as unknown.'),
    challenge: z
      .boolean()
      .default(true)
      .describe('Whether to request a proof of possession, if a secret is available to verify it.'),
  })
  .refine(({ require, challenge }) => require === undefined || challenge, {
    path: ['challenge'],
    message: 'a required proof must be requested: set it to true, or remove `require`',
  })
  .describe('A fingerprint endpoint of a running service.');

type Settings = z.output<typeof schema>;

/**
 * Reads the fingerprint endpoint of a service. Replicas are distinguished by the name that they report, or by their
 * address.
 */
export const http: Source<typeof schema> = {
  schema,
  declared: { mayBeInsecure: true },
  target: (source, context) => context.label(source.url),
  proof: ({ require, service }) => ({ isRequired: require === 'proof', service }),
  yieldsSecret: () => false,
  async read(source, context) {
    const addresses = await addressesOf(source, context);
    if (!addresses.ok) return failed(addresses.error);
    const asking = addresses.value.flatMap((address) =>
      Array.from({ length: source.samples }, () => ask(source, context, address)),
    );
    return combine(await Promise.all(asking));
  },
};

/** The addresses to ask; `null` leaves the choice to the system. */
async function addressesOf(
  source: Settings,
  context: ObserveContext,
): Promise<Outcome<readonly (string | null)[]>> {
  if (source.addresses === undefined) return { ok: true, value: [null] };
  const milliseconds = source.timeout ?? context.timeoutMs;
  const found = await context.network.addresses(new URL(source.url).hostname, milliseconds);
  if (found.ok) return found;
  const message = `${source.method} ${context.label(source.url)}: ${found.error.message}`;
  return { ok: false, error: { ...found.error, message } };
}

/** Sends the request. If the challenge seems to be rejected, repeats it without. */
async function ask(source: Settings, context: ObserveContext, address: string | null): Promise<Answered> {
  const nonce = challengeFor(source, context);
  const first = await send(source, context, address, nonce);
  const outcome =
    nonce !== null && first.ok && isRefusal(first.value) ? await send(source, context, address, null) : first;
  if (!outcome.ok) return outcome;
  const answer = readAnswer(outcome.value, {
    what: `${source.method} ${context.label(source.url)}`,
    url: source.url,
    pointer: source.pointer,
    length: context.fingerprintLength,
  });
  if (!answer.ok) return answer;
  return { ...answer, value: { ...answer.value, nonce, instance: answer.value.instance ?? address } };
}

function send(
  source: Settings,
  context: ObserveContext,
  address: string | null,
  nonce: string | null,
): Promise<Outcome<HttpResponse>> {
  return context.network.request({
    method: source.method,
    url: nonce === null ? source.url : withChallenge(source.url, nonce),
    label: context.label(source.url),
    headers: { accept: 'application/json', ...source.headers },
    timeoutMs: source.timeout ?? context.timeoutMs,
    repeatable: source.method === 'GET',
    tls: source.tls,
    fresh: source.samples > 1 || address !== null,
    address: address ?? undefined,
  });
}

/** `null`: no challenge is sent. A URL that already has one is not changed. */
function challengeFor({ url, challenge }: Settings, context: ObserveContext): string | null {
  const hasOwn = url.includes('?') && new URL(url).searchParams.has('challenge');
  return challenge && !hasOwn ? (context.nonce?.() ?? null) : null;
}

/** Appends a parameter to the URL, and keeps everything else as written. */
function withChallenge(url: string, nonce: string): string {
  const [address = '', ...fragment] = url.split('#');
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [`${address}${separator}challenge=${nonce}`, ...fragment].join('#');
}

/**
 * Whether the error concerns credentials, the method or the request rate: without a challenge it would be the same,
 * so that the request is not repeated.
 */
const aboutOthers: ReadonlySet<number> = new Set([401, 405, 407, 429]);

/** Other errors may be caused by an unknown query parameter. */
const isRefusal = ({ status }: HttpResponse): boolean =>
  status >= 400 && status < 500 && !aboutOthers.has(status);
