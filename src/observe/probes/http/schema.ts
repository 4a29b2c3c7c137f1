import * as z from 'zod';
import {
  probeBody,
  probeHeaders,
  probeUrl,
  samples,
  timeout,
  tls,
  tokenTypes,
} from '../../../schema/fields.js';
import { httpMatcher } from '../matcher.js';

export const schema = z
  .strictObject({
    kind: z.literal('http'),
    name: z.string().min(1).max(64).optional().describe('What to call it in reports.'),
    method: z
      .enum(['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE'])
      .default('GET')
      .describe('HTTP method.'),
    url: probeUrl.describe('URL that needs a token. {{token}} stands for it.'),
    headers: probeHeaders.default({}),
    body: probeBody
      .optional()
      .describe(
        'JSON, or a text that is sent as it is. {{token}} stands for the probe token, {{base64:…}} encodes what is around it.',
      ),
    accepted: httpMatcher.optional().describe('The token was accepted. Default: status 2xx, and not HTML.'),
    rejected: httpMatcher.optional().describe('The token was rejected. Default: status 401 or 403.'),
    misconfigured: httpMatcher
      .optional()
      .describe('The answer is about the caller, not the token: inconclusive.'),
    tokenTypes,
    samples,
    tls: tls.optional(),
    timeout: timeout.optional().describe('How long one request may take.'),
  })
  .describe('Presents the token in an HTTP request.');

export type HttpProbe = z.output<typeof schema>;
