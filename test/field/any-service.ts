import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { type CheckOptions, type Config, check, type Report } from '../../src/index.js';
import { json, startServer, type TestServer } from '../support/http-server.js';
import { type Checks, complaintAbout, decoded, type Key } from '../support/jwt-verifier.js';
import { type RunningWebSocketServer, startWebSocketServer } from '../support/websocket-server.js';

export const secret = 'q2wK8sLr5mT0nWyZb7cDfGhQ1sUeViXo4aR9kEJq3hSv';
export const issuer = 'netra-auth-service';
export const audience = 'netra-platform';

/** A token that a service was given, and what is wrong with it. */
export interface Presented {
  /** Empty where there was none. */
  readonly token: string;
  /** `null` where it is good. */
  readonly complaint: string | null;
  /** What it says, whether it is good or not. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** How a service looks at tokens; by default it has the right secret and looks at everything. */
export interface Verifies extends Partial<Omit<Checks, 'now' | 'keys'>> {
  readonly key?: Key;
  /** Milliseconds by which its clock is ahead. */
  readonly clockMs?: number;
}

/** Looks at a token as a service does. */
export function look(token: string, { key = secret, clockMs = 0, ...checks }: Verifies = {}): Presented {
  const now = Date.now() + clockMs;
  return {
    token,
    complaint:
      token === '' ? 'no token' : complaintAbout(token, { keys: [key], issuer, audience, now, ...checks }),
    claims: decoded(token) ?? {},
  };
}

/** A service over HTTP: `/fingerprint` shows the fingerprint of the right secret, any other path answers as told. */
export function startHttpService(
  answer: (presented: Presented, request: IncomingMessage, response: ServerResponse) => void,
  verifies: Verifies = {},
): Promise<TestServer> {
  return startServer((request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    answer(look(token, verifies), request, response);
  });
}

/** A service over WebSocket that is given the token as `?token=`. */
export function startSocketService(
  connected: (presented: Presented, socket: WebSocket) => void,
  verifies: Verifies = {},
): Promise<RunningWebSocketServer> {
  return startWebSocketServer({
    connected(socket, { url = '/' }) {
      const token = new URL(url, 'ws://127.0.0.1').searchParams.get('token') ?? '';
      connected(look(token, verifies), socket);
    },
  });
}

/** The kinds of the tokens that a server was given, in the order in which they arrived. */
export function kinds({ requests }: Pick<TestServer, 'requests'>, verifies: Verifies = {}): string[] {
  return requests.map(({ headers }) => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (token === '') return 'missing';
    return look(token, verifies).complaint === null ? 'valid' : 'invalid';
  });
}

export type Participants = Config['environments'][string]['participants'];
type Probe = NonNullable<Participants[string]['probes']>[number];

/** A configuration with a reference that holds the right secret. */
export function configOf(participants: Participants, more: Partial<Config> = {}): Config {
  return {
    token: { issuer, audience },
    timeout: '60s',
    ...more,
    environments: {
      staging: {
        reference: 'store',
        participants: { store: { source: { kind: 'env', names: ['THE_SECRET'] } }, ...participants },
      },
    },
  };
}

/** Checks one participant, or several, against a reference that holds the right secret. */
export function checked(
  participants: Participants,
  options: Partial<CheckOptions> = {},
  more: Partial<Config> = {},
): Promise<Report> {
  const config = configOf(participants, more);
  return check({ config, env: { THE_SECRET: secret }, controls: 'all', ...options });
}

/** A participant that is judged by one HTTP probe. */
export const httpProbe = (
  { origin }: Pick<TestServer, 'origin'>,
  more: Partial<Extract<Probe, { kind: 'http' }>> = {},
): { probes: [Probe] } => ({
  probes: [{ kind: 'http', name: 'me', url: `${origin}/me`, ...more }],
});

/** A participant that is judged by one WebSocket probe. */
export const socketProbe = (
  { url }: Pick<RunningWebSocketServer, 'url'>,
  more: Partial<Extract<Probe, { kind: 'websocket' }>> = {},
): { probes: [Probe] } => ({
  probes: [{ kind: 'websocket', name: 'ws', url: `${url}/ws`, via: 'query', ...more }],
});

/** Answers 401 to what is not good, and 200 to what is. */
export const plainAnswer = ({ complaint }: Presented, request: IncomingMessage, response: ServerResponse) =>
  json(complaint === null ? { ok: true } : { error: 'invalid_token' }, complaint === null ? 200 : 401)(
    request,
    response,
  );

/** The codes of all findings. */
export const codes = ({ findings }: Report): string[] => findings.map((finding) => finding.code);
