import * as z from 'zod';
import { probeBody, probeHeaders, probeUrl, samples, timeout, tls, tokenTypes } from '../../schema/fields.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { HttpRequest, HttpResponse } from '../network/network.js';
import { describe, isPage, type Presented, readAnswer, statusText } from './answer/answer-words.js';
import { answerOf, contradiction, type HttpMatcher, httpMatcher, matches, needsMore } from './matcher.js';
import { clockOffset, type Probe, type ProbeResult } from './probe.js';
import { fillBody, fillHeaders, fillUrl, hasToken, schemeOf } from './template.js';

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

type HttpProbe = z.output<typeof schema>;

export const http: Probe<typeof schema> = {
  schema,
  target: (probe, context) => context.label(probe.url),
  async attempt(probe, token, context) {
    const answer = await context.network.request(requestOf(probe, token, context));
    if (answer.ok) {
      const clockOffsetMs = clockOffset(answer.value.headers.date, context.now());
      const scheme = isPlaced(probe) ? schemeOf(probe.headers) : 'Bearer';
      return { ...judgeAnswer(probe, answer.value, { token, scheme }), clockOffsetMs };
    }
    const { code, message } = answer.error;
    return { result: 'inconclusive', status: null, closeCode: null, detail: message, reason: code };
  },
};

/** Builds the request that presents the token: as a bearer token, unless the configuration has a placeholder for it. */
function requestOf(probe: HttpProbe, token: Secret | null, context: ObserveContext): HttpRequest {
  const headers = fillHeaders(probe.headers, token, !isPlaced(probe));
  if (probe.body !== undefined && typeof probe.body !== 'string')
    headers['content-type'] ??= 'application/json';
  headers.accept ??= 'application/json, */*;q=0.1';
  return {
    method: probe.method,
    url: fillUrl(probe.url, token),
    label: context.label(probe.url),
    headers,
    body: probe.body === undefined ? undefined : fillBody(probe.body, token),
    timeoutMs: probe.timeout ?? context.timeoutMs,
    repeatable: probe.method === 'GET' || probe.method === 'HEAD',
    tls: probe.tls,
    reading: readsBody(probe) ? 'beginning' : 'status',
    fresh: probe.samples > 1,
  };
}

/** Whether the configuration has a placeholder for the token. */
const isPlaced = (probe: HttpProbe): boolean => hasToken([probe.url, probe.headers, probe.body]);

/** Whether a matcher needs the body. Without one, the status decides. */
const readsBody = ({ accepted, rejected, misconfigured }: HttpProbe): boolean =>
  [accepted, rejected, misconfigured].some((m) => m?.json !== undefined || m?.includes !== undefined);

/**
 * Judges an HTTP answer: `misconfigured` first, then `rejected`, then `accepted`; any other answer is inconclusive. A
 * configured matcher replaces its default, including the rule for HTML.
 */
function judgeAnswer(
  probe: Pick<HttpProbe, 'misconfigured' | 'rejected' | 'accepted'>,
  response: HttpResponse,
  presented: Presented,
): ProbeResult {
  const { status } = response;
  const answer = answerOf(status, response.body);
  const { said, shown } = readAnswer(response, answer, presented);
  const result = (
    name: ProbeResult['result'],
    reason: ProbeResult['reason'] = null,
    seen = statusText(status),
  ): ProbeResult => ({
    result: name,
    status,
    closeCode: null,
    detail: describe(seen, shown),
    reason,
    said,
  });

  const isUnread = (matcher: HttpMatcher | undefined): boolean =>
    response.isCut === true && matcher !== undefined && needsMore(matcher, answer);
  const tooLarge = (): ProbeResult =>
    result('inconclusive', 'too-large', `${statusText(status)}, and only 64 KiB of the answer are read`);

  if (probe.misconfigured !== undefined && matches(probe.misconfigured, answer)) {
    return result('inconclusive', 'misconfigured');
  }
  if (isUnread(probe.misconfigured) || isUnread(probe.rejected)) return tooLarge();
  if (probe.rejected === undefined ? status === 401 || status === 403 : matches(probe.rejected, answer)) {
    return result('rejected');
  }
  // The status is in a trailer that HTTP clients do not read, so that 200 says nothing (gRPC over HTTP/2,
  // "Responses").
  if (probe.accepted === undefined && isGrpc(response)) {
    const seen = `${statusText(status)}, gRPC, which jwtcheck does not support`;
    return result('inconclusive', 'invalid-response', seen);
  }
  const html = isPage(response.headers['content-type'] ?? '', answer.text);
  if (probe.accepted === undefined ? isSuccess(status) && !html : matches(probe.accepted, answer)) {
    return result('accepted');
  }
  if (isUnread(probe.accepted)) return tooLarge();
  const other = isSuccess(status) && probe.accepted ? contradiction(probe.accepted, answer) : null;
  if (other !== null) {
    return result('rejected', null, `${status}, ${other.pointer || 'the document'} is ${show(other.value)}`);
  }
  if (!isSuccess(status)) {
    return result('inconclusive', status >= 300 && status < 400 ? 'redirect' : 'http-status');
  }
  const why = html ? 'HTML' : 'not the answer that `accepted` describes';
  return result('inconclusive', 'invalid-response', `${statusText(status)}, ${why}`);
}

const isGrpc = ({ headers }: HttpResponse): boolean =>
  'grpc-status' in headers || /^\s*application\/grpc/i.test(headers['content-type'] ?? '');

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Only values that cannot be texts of the service. */
function show(value: unknown): string {
  if (typeof value === 'boolean' || typeof value === 'number' || value === null) return String(value);
  return typeof value === 'string' ? 'another text' : 'another value';
}
