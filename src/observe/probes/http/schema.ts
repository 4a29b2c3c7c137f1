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
    name: z.string().min(1).max(64).optional().describe('Name in reports.'),
    method: z
      .enum(['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'DELETE'])
      .default('GET')
      .describe('HTTP method.'),
    url: probeUrl.describe('URL that requires a token. {{token}} is replaced by the probe token.'),
    headers: probeHeaders.default({}),
    body: probeBody
      .optional()
      .describe(
        'JSON, or a text that is sent unchanged. {{token}} is replaced by the probe token; {{base64:…}} encodes its content.',
      ),
    accepted: httpMatcher
      .optional()
      .describe('Condition for an accepted token. Default: status 2xx, and not HTML.'),
    rejected: httpMatcher.optional().describe('Condition for a rejected token. Default: status 401 or 403.'),
    misconfigured: httpMatcher
      .optional()
      .describe('Condition for an answer that concerns the caller instead of the token: inconclusive.'),
    tokenTypes,
    samples,
    tls: tls.optional(),
    timeout: timeout.optional().describe('Timeout of one request.'),
  })
  .describe('Presents the token in an HTTP request.');

export type HttpProbe = z.output<typeof schema>;
