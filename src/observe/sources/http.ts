import { z } from 'zod';
import { allowInsecure, headers, httpUrl, jsonPointer, samples, timeout, tls } from '../../config/fields.js';
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

export const http: Source<typeof schema> = {
  schema,
  target: (source, world) => world.label(source.url),
  yieldsSecret: () => false,
  async read() {
    return failed({ code: 'connection', message: 'pending' });
  },
};
