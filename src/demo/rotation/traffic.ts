import { Agent, type IncomingMessage, request } from 'node:http';
import { WebSocket } from 'ws';
import { parseJson } from '../../schema/read-json.js';
import { type Presentation, Tally, type Transport } from './tally.js';

export interface TrafficOptions {
  /** URLs of the services by their names. */
  readonly services: Readonly<Record<string, string>>;
  /** Names of those that issue tokens. */
  readonly issuers: readonly string[];
  readonly mintToken: string;
  /** Tokens presented in a second. */
  readonly perSecond: number;
  /** State of the rotation now. */
  state(): string;
  now(): number;
}

/** Users who sign in all the time, and present every token until it expires. */
export interface Traffic {
  readonly tally: Tally;
  /** Resolves once each service was given a token over each transport. Rejects if the traffic has ended. */
  flowing(): Promise<void>;
  /** Resolves once every token of this version that was issued has expired. Rejects if the traffic has ended. */
  expired(version: string): Promise<void>;
  /** Ends it, and waits for the answers that are still under way. */
  stop(): Promise<void>;
}

interface Token {
  readonly text: string;
  readonly issuer: string;
  readonly version: string;
  readonly expiresAt: number;
}

/** Milliseconds between two looks at what is due. */
const tick = 20;

/** Sign-ins of each issuer in a second. */
const signInsPerSecond = 3;

/** Presentations under way at most, so that a slow machine is not flooded. */
const mostUnderWay = 64;

/** Milliseconds. */
const answerTimeout = 10_000;

const transports: readonly Transport[] = ['http', 'websocket'];

export function startTraffic(options: TrafficOptions): Traffic {
  return new UserTraffic(options);
}

class UserTraffic implements Traffic {
  readonly tally = new Tally();
  readonly #options: TrafficOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, scheduling: 'fifo' });
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt: number;
  readonly #places: readonly { readonly service: string; readonly transport: Transport }[];
  readonly #underWay = new Set<Promise<void>>();
  readonly #waiting = new Set<{ isTrue(): boolean; resolve(): void; reject(error: Error): void }>();
  /** Tokens that have just been issued: they are presented everywhere first. */
  readonly #fresh: { readonly token: Token; readonly place: number }[] = [];
  #tokens: Token[] = [];
  #begun = 0;
  #signIns = 0;
  #isOver = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#startedAt = performance.now();
    this.#places = Object.keys(options.services).flatMap((service) =>
      transports.map((transport) => ({ service, transport })),
    );
    this.#timer = setInterval(() => this.#tick(), tick);
  }

  flowing(): Promise<void> {
    const isMet = (groups: readonly unknown[], wanted: readonly unknown[]): boolean =>
      groups.length === wanted.length;
    return this.#when(() => {
      const { byService, byTransport, byIssuer } = this.tally.result();
      const { services, issuers } = this.#options;
      return (
        isMet(byService, Object.keys(services)) && isMet(byTransport, transports) && isMet(byIssuer, issuers)
      );
    });
  }

  expired(version: string): Promise<void> {
    return this.#when(() => !this.#tokens.some((token) => token.version === version));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    for (const { reject } of this.#waiting) reject(new Error('the traffic has ended'));
    await Promise.all(this.#underWay);
    this.#agent.destroy();
  }

  #when(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.add({ isTrue, resolve, reject });
    });
  }

  #tick(): void {
    const { now, perSecond, issuers } = this.#options;
    // Only its expiry removes a token.
    this.#tokens = this.#tokens.filter(({ expiresAt }) => expiresAt > now());
    const seconds = (performance.now() - this.#startedAt) / 1000;
    if (this.#signIns < seconds * signInsPerSecond) {
      this.#signIns += 1;
      for (const issuer of issuers) this.#run(this.#signIn(issuer));
    }
    // What could not be presented in time is not made up for: the rate is counted as it was.
    this.#begun = Math.max(this.#begun, Math.floor((seconds - 1) * perSecond));
    while (this.#begun < seconds * perSecond && this.#underWay.size < mostUnderWay) {
      const next = this.#next();
      if (next === null) break;
      this.#begun += 1;
      this.#run(this.#present(next.token, next.place));
    }
    for (const waiting of this.#waiting)
      if (waiting.isTrue()) {
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
  }

  /** New tokens first, everywhere; then by turns one of the oldest, which are used up to their end, and any. */
  #next(): { readonly token: Token; readonly place: number } | null {
    const fresh = this.#fresh.shift();
    if (fresh !== undefined) return fresh;
    const among = this.#begun % 2 === 0 ? Math.min(10, this.#tokens.length) : this.#tokens.length;
    const token = this.#tokens[Math.floor(Math.random() * among)];
    return token === undefined ? null : { token, place: Math.floor(Math.random() * this.#places.length) };
  }

  #run(task: Promise<void>): void {
    const running = task.finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  async #signIn(issuer: string): Promise<void> {
    const { services, mintToken } = this.#options;
    const headers = { authorization: `Bearer ${mintToken}` };
    const answer = await this.#send(`${services[issuer]}/auth/e2e-token`, { method: 'POST', headers });
    const { access_token: text, version } = fields(parseJson(answer?.body ?? ''));
    if (typeof text !== 'string' || typeof version !== 'string') return;
    const { exp } = fields(parseJson(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()));
    if (typeof exp !== 'number') return;
    const token = { text, issuer, version, expiresAt: exp * 1000 };
    this.#tokens.push(token);
    for (const place of this.#places.keys()) this.#fresh.push({ token, place });
  }

  async #present({ text, ...token }: Token, place: number): Promise<void> {
    const { services, state, now } = this.#options;
    const { service, transport } = this.#places[place] ?? { service: '', transport: 'http' };
    const url = services[service] ?? '';
    const before = state();
    const outcome = transport === 'http' ? await this.#overHttp(url, text) : await overWebSocket(url, text);
    // What is cut off at the end says nothing.
    if (outcome === 'none' && this.#isOver) return;
    this.tally.add({ ...token, service, transport, state: before, answeredAt: now(), outcome });
  }

  async #overHttp(url: string, token: string): Promise<Presentation['outcome']> {
    const headers = { authorization: `Bearer ${token}` };
    const status = (await this.#send(`${url}/api/me`, { method: 'GET', headers }))?.status;
    return status === 200 ? 'accepted' : status === 401 ? 'rejected' : 'none';
  }

  #send(
    url: string,
    options: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
    isRepeated = false,
  ): Promise<{ readonly status: number; readonly body: string } | null> {
    return new Promise((resolve) => {
      const sent = request(url, { agent: this.#agent, timeout: answerTimeout, ...options }, (response) => {
        textOf(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, body }),
          () => resolve(null),
        );
      });
      sent
        .on('error', () => {
          // A server may close an idle connection at the moment in which it is used again (Node, `reusedSocket`).
          const isRepeating = sent.reusedSocket && !isRepeated;
          resolve(isRepeating ? this.#send(url, options, true) : null);
        })
        .on('timeout', () => sent.destroy())
        .end();
    });
  }
}

/** The service greets, or says that the token is invalid, in its first message. */
function overWebSocket(url: string, token: string): Promise<Presentation['outcome']> {
  const encoded = Buffer.from(token).toString('base64url');
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, ['jwt-auth', `jwt.${encoded}`], {
      perMessageDeflate: false,
      handshakeTimeout: answerTimeout,
    });
    const end = (outcome: Presentation['outcome']): void => {
      clearTimeout(timer);
      resolve(outcome);
      socket.terminate();
    };
    const timer = setTimeout(() => end('none'), answerTimeout);
    socket.on('error', () => end('none'));
    socket.on('close', () => end('none'));
    socket.on('message', (data) => {
      const { type } = fields(parseJson(String(data)));
      end(type === 'connection_established' ? 'accepted' : type === 'error' ? 'rejected' : 'none');
    });
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function fields(value: unknown): {
  access_token?: unknown;
  version?: unknown;
  exp?: unknown;
  type?: unknown;
} {
  return typeof value === 'object' && value !== null ? value : {};
}
