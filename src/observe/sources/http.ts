import * as z from 'zod';
import { allowInsecure, headers, httpUrl, jsonPointer, samples, timeout, tls } from '../../config/fields.js';
import type { Outcome } from '../network/network.js';
import type { World } from '../world.js';
import { readAnswer } from './fingerprint-answer.js';
import { type Answer, combine } from './replicas.js';
import { failed, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('http'),
    url: httpUrl.describe('URL of the fingerprint endpoint.'),
    method: z.enum(['GET', 'POST']).default('GET'),
    headers: headers.default({}),
    pointer: jsonPointer
      .default('/fingerprint')
      .describe('JSON Pointer (RFC 6901) to the fingerprint in the response.'),
    samples,
    addresses: z.literal('all').optional().describe('Ask every address of the name by itself.'),
    tls: tls.optional(),
    timeout: timeout.optional().describe('How long one request may take.'),
    allowInsecure,
  })
  .describe('A fingerprint endpoint of a running service.');

type Settings = z.output<typeof schema>;

/** The fingerprint endpoint of a service. Replicas are told apart by what they call themselves, or by their address. */
export const http: Source<typeof schema> = {
  schema,
  target: (source, world) => world.label(source.url),
  yieldsSecret: () => false,
  async read(source, world) {
    const addresses = await addressesOf(source, world);
    if (!addresses.ok) return failed(addresses.error);
    const asking = addresses.value.flatMap((address) =>
      Array.from({ length: source.samples }, () => ask(source, world, address)),
    );
    return combine(await Promise.all(asking));
  },
};

/** The addresses to ask; `null` leaves the choice to the system. */
async function addressesOf(source: Settings, world: World): Promise<Outcome<readonly (string | null)[]>> {
  if (source.addresses === undefined) return { ok: true, value: [null] };
  const milliseconds = source.timeout ?? world.timeoutMs;
  const found = await world.network.addresses(new URL(source.url).hostname, milliseconds);
  if (found.ok) return found;
  const message = `${source.method} ${world.label(source.url)}: ${found.error.message}`;
  return { ok: false, error: { ...found.error, message } };
}

async function ask(source: Settings, world: World, address: string | null): Promise<Outcome<Answer>> {
  const label = world.label(source.url);
  const outcome = await world.network.request({
    method: source.method,
    url: source.url,
    label,
    headers: { accept: 'application/json', ...source.headers },
    timeoutMs: source.timeout ?? world.timeoutMs,
    repeatable: source.method === 'GET',
    tls: source.tls,
    fresh: source.samples > 1 || address !== null,
    address: address ?? undefined,
  });
  if (!outcome.ok) return outcome;
  const answer = readAnswer(outcome.value, {
    what: `${source.method} ${label}`,
    origin: new URL(source.url).origin,
    pointer: source.pointer,
    length: world.fingerprintLength,
  });
  if (!answer.ok) return answer;
  return { ok: true, value: { ...answer.value, instance: answer.value.instance ?? address } };
}
