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
import { type Answer, combine } from './replicas.js';

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
    addresses: z.literal('all').optional().describe('Ask every address of the name by itself.'),
    tls: tls.optional(),
    timeout: timeout.optional().describe('How long one request may take.'),
    allowInsecure,
    service: z
      .string()
      .refine(isServiceName, 'expected 1 to 128 bytes without control characters')
      .optional()
      .describe('Name that its proofs of possession are made in. Default: the name of the participant.'),
    require: z
      .literal('proof')
      .optional()
      .describe(
        'A fingerprint is not enough: without a proof of possession the participant counts as unknown.',
      ),
    challenge: z
      .boolean()
      .default(true)
      .describe('Whether to ask for a proof of possession, where there is a secret to verify it with.'),
  })
  .refine(({ require, challenge }) => require === undefined || challenge, {
    path: ['challenge'],
    message: 'a proof that is required has to be asked for: set it to true, or take `require` out',
  })
  .describe('A fingerprint endpoint of a running service.');

type Settings = z.output<typeof schema>;

/** The fingerprint endpoint of a service. Replicas are told apart by what they call themselves, or by their address. */
export const http: Source<typeof schema> = {
  schema,
  declared: { mayBeInsecure: true },
  target: (source, context) => context.label(source.url),
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

/** Asks; where the challenge seems to be what was not liked, once more without. */
async function ask(
  source: Settings,
  context: ObserveContext,
  address: string | null,
): Promise<Outcome<Answer>> {
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
  return { ok: true, value: { ...answer.value, nonce, instance: answer.value.instance ?? address } };
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

/** `null`: none is sent. A URL that has one of its own is left as it is. */
function challengeFor({ url, challenge }: Settings, context: ObserveContext): string | null {
  const hasOwn = url.includes('?') && new URL(url).searchParams.has('challenge');
  return challenge && !hasOwn ? (context.nonce?.() ?? null) : null;
}

/** The URL with one more parameter; all that was there stays as it was written. */
function withChallenge(url: string, nonce: string): string {
  const [address = '', ...fragment] = url.split('#');
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [`${address}${separator}challenge=${nonce}`, ...fragment].join('#');
}

/** About the credentials, the method or how often it is asked: the same without a challenge, so it is not asked again. */
const aboutOthers: ReadonlySet<number> = new Set([401, 405, 407, 429]);

/** It may know its query by heart. */
const isRefusal = ({ status }: HttpResponse): boolean =>
  status >= 400 && status < 500 && !aboutOthers.has(status);
