import type { Secret } from '../../../secret/secret.js';
import type { ObserveContext } from '../../context.js';
import type { HttpRequest } from '../../network/network.js';
import { clockOffset } from '../clock-offset.js';
import type { Probe } from '../probe.js';
import { fillBody, fillHeaders, fillUrl, hasToken, schemeOf } from '../template.js';
import { judgeAnswer } from './http-answer.js';
import { type HttpProbe, schema } from './schema.js';

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
