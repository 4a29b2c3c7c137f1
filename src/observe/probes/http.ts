import { z } from 'zod';
import { allowInsecure, headers, probeUrl, samples, timeout, tls } from '../../config/fields.js';
import { httpMatcher } from './matcher.js';
import type { Probe } from './probe.js';

const schema = z
  .strictObject({
    kind: z.literal('http'),
    name: z.string().min(1).max(64).optional().describe('What to call it in reports.'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE']).default('GET'),
    url: probeUrl.describe('URL that needs a token. {{token}} stands for it.'),
    headers: headers.default({}),
    body: z
      .json()
      .optional()
      .describe('JSON, or a text sent as it is. {{token}} stands for the probe token.'),
    accepted: httpMatcher.optional().describe('The token was accepted. Default: status 2xx, and not HTML.'),
    rejected: httpMatcher.optional().describe('The token was rejected. Default: status 401 or 403.'),
    misconfigured: httpMatcher
      .optional()
      .describe('The answer is about the caller, not the token: inconclusive.'),
    tokenTypes: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Token types to present; default: the first of token.types.'),
    samples,
    tls: tls.optional(),
    timeout: timeout.optional(),
    allowInsecure,
  })
  .describe('Presents the token in an HTTP request.');

export const http: Probe<typeof schema> = {
  schema,
  target: (probe, world) => world.label(probe.url),
  async attempt() {
    return { result: 'inconclusive', status: null, closeCode: null, detail: 'pending', reason: 'connection' };
  },
};
