import { isChallenge } from '../secret/proof-protocol.js';
import { gatekeeper, limitPerCaller } from './access.js';
import { answer } from './answer.js';
import { errorLog, quietly } from './error-log.js';
import { KeyError } from './key.js';
import { fits } from './known-options.js';
import { checkOptions, type FingerprintOptions } from './options.js';

/**
 * Answers one request. Never rejects.
 * @param address address of the connection, if known, for rate limits per caller
 */
export type FingerprintHandler = (request: Request, address?: string) => Promise<Response>;

/** No cache may keep an answer, because the next one may differ. */
const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

/**
 * The endpoint that reports to jwtcheck which JWT secret this service holds, based on the web-standard `Request` and
 * `Response`. It supports `GET` and `HEAD` at any path, and reads only `?challenge=` of the URL.
 * @throws TypeError for options that would make it useless, or open to all callers
 */
export function fingerprintHandler(options: FingerprintOptions): FingerprintHandler {
  checkOptions(options);
  const admit = gatekeeper(options);
  const { rateLimit = { requests: 120, seconds: 60 }, caller, clock = () => performance.now() } = options;
  const { onError = errorLog(`the secret of ${JSON.stringify(options.service)}`, clock) } = options;
  // Rejected callers have separate limits, so that they cannot use up those of others.
  const admitted = limitPerCaller(rateLimit, clock);
  const refused = limitPerCaller(rateLimit, clock);

  const respond = async (request: Request, address: string): Promise<Response> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return problem(405, 'Use GET.', { allow: 'GET, HEAD' });
    const { refusal, holder } = await admit(request);
    const named = caller?.(request) ?? undefined;
    // Each object, such as a promise, would be a caller of its own and have no limit.
    if (!fits(named, 'string')) throw new KeyError('`caller` must return a string');
    const wait = refusal === null ? admitted(named ?? holder ?? address) : refused(named ?? address);
    if (wait > 0) return problem(429, `Try again in ${wait} s.`, { 'retry-after': String(wait) });
    if (refusal !== null) return problem(refusal.status, refusal.detail, refusal.headers);
    const [nonce = null, ...more] = new URL(request.url).searchParams.getAll('challenge');
    if (more.length > 0 || (nonce !== null && !isChallenge(nonce)))
      return problem(400, 'A challenge must be a single value of 22 to 86 characters of base64url.');
    const body = JSON.stringify(await answer(options, nonce));
    return new Response(body, { headers: { ...common, 'content-type': 'application/json' } });
  };

  return async (request, address = '') => {
    let response: Response;
    try {
      response = await respond(request, address);
    } catch (error) {
      // The error may contain the secret.
      quietly(() => onError(error));
      response = problem(503, 'The secret could not be read; see the log of the service.');
    }
    return request.method === 'HEAD' ? new Response(null, response) : response;
  };
}

/** RFC 9457. */
function problem(
  status: keyof typeof titles,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = JSON.stringify({ type: 'about:blank', title: titles[status], status, detail });
  return new Response(body, {
    status,
    headers: { ...common, ...headers, 'content-type': 'application/problem+json' },
  });
}
