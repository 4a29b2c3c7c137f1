import type { Duplex } from 'node:stream';
import type { CloseEvent, MessageEvent, WebSocket } from 'undici';
import { durationText } from '../../../schema/duration.js';
import type { ObserveContext } from '../../context.js';
import { readErrorOf } from '../../network/errors.js';
import type { HttpResponse } from '../../network/network.js';
import { textOf } from '../../text.js';
import type { Presented } from '../answer/answer-words.js';
import { clockOffset } from '../clock.js';
import type { ProbeResult } from '../probe.js';
import { type HandshakeEvents, interceptHandshake, messageCap } from './handshake.js';
import type { WebSocketProbe } from './schema.js';
import { SessionSteps, type Step } from './steps.js';
import {
  type Heard,
  judgeBrokenUpgrade,
  judgeClose,
  judgeMessage,
  judgeOpen,
  judgeRefusal,
  judgeWaiting,
  messageMatches,
} from './websocket-verdict.js';

/** How to open the socket, the token in its place. */
export interface Opening {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  /** What is sent and waited for once it is open. */
  readonly steps: readonly Step[];
  readonly presented: Presented;
}

/** Bytes of all messages together that are looked through: a flood is no answer. */
const floodCap = 16 * messageCap;

/** Messages, and bytes of them, that are kept for their words. */
const mostKept = 16;
const mostKeptBytes = messageCap;

/** Opens the socket, listens until something is told or `settle` is over, and leaves without waiting for the peer. */
export async function runSession(
  probe: WebSocketProbe,
  opening: Opening,
  context: ObserveContext,
): Promise<ProbeResult> {
  const session = new Session(probe, opening, context);
  try {
    const connection = { url: probe.url, tls: probe.tls, fresh: true };
    const [undici, dispatcher] = await Promise.all([
      import('./undici.js'),
      context.network.dispatcher(connection),
    ]);
    const { url, headers, subprotocols } = opening;
    const init = {
      protocols: [...subprotocols],
      headers,
      dispatcher: await interceptHandshake(dispatcher, session),
    };
    session.listen(() => new undici.WebSocket(url, init));
  } catch (error) {
    session.failed(error);
  }
  return session.result;
}

class Session implements HandshakeEvents {
  readonly result: Promise<ProbeResult>;
  readonly #probe: WebSocketProbe;
  readonly #opening: Opening;
  readonly #context: ObserveContext;
  #resolve: (result: ProbeResult) => void = () => {};
  #done = false;
  #socket: WebSocket | null = null;
  /** The connection below the socket, once it is one. */
  #wire: Duplex | null = null;
  #headers: HttpResponse['headers'] = {};
  #timer: NodeJS.Timeout | undefined;
  #openedAt: number | null = null;
  #clockOffsetMs: number | undefined;
  #heardBytes = 0;
  /** The first messages, for what they say. */
  readonly #messages: string[] = [];
  readonly #conversation: SessionSteps;

  constructor(probe: WebSocketProbe, opening: Opening, context: ObserveContext) {
    this.#probe = probe;
    this.#opening = opening;
    this.#context = context;
    this.#conversation = new SessionSteps(opening.steps, messageMatches);
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Begins. */
  listen(open: () => WebSocket): void {
    const { signal, timeoutMs } = this.#context;
    if (signal.aborted) {
      this.#interrupted();
      return;
    }
    signal.addEventListener('abort', this.#interrupted, { once: true });
    const patience = this.#probe.timeout ?? timeoutMs;
    this.#timer = setTimeout(() => {
      this.#inconclusive('timeout', `no answer to the handshake within ${durationText(patience)}`);
    }, patience);
    this.#socket = open();
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => this.#opened());
    this.#socket.addEventListener('message', (event) => this.#heard(event));
    this.#socket.addEventListener('close', (event) => this.#closed(event));
  }

  upgraded(wire: Duplex, headers: HttpResponse['headers']): void {
    this.#wire = wire;
    this.#headers = headers;
    this.#clockOffsetMs = clockOffset(headers.date, this.#context.now());
    if (this.#done) wire.destroy();
  }

  answered(): void {
    clearTimeout(this.#timer);
  }

  refused(response: HttpResponse): void {
    this.#clockOffsetMs = clockOffset(response.headers.date, this.#context.now());
    this.#finish(judgeRefusal(response, this.#opening.presented));
  }

  failed(error: unknown): void {
    const { code, message } = readErrorOf(error, this.#context.label(this.#probe.url));
    this.#inconclusive(code, message);
  }

  #opened(): void {
    clearTimeout(this.#timer);
    this.#openedAt = this.#now();
    if (this.#isOver(this.#conversation.advance())) return;
    const patience = this.#probe.timeout ?? this.#context.timeoutMs;
    this.#timer = this.#after(patience, () =>
      this.#finish(judgeWaiting(this.#conversation.waitingFor, patience, this.#said)),
    );
  }

  /** Sends, and where nothing is left to do, waits for what comes of it. */
  #isOver(sent: readonly string[]): boolean {
    for (const text of sent) this.#socket?.send(text);
    if (!this.#conversation.isOver) return false;
    clearTimeout(this.#timer);
    this.#timer = this.#after(this.#probe.settle, () => this.#settled());
    return true;
  }

  /** What has arrived already is read before the time is up, however busy this process was. */
  #after(ms: number, then: () => void): NodeJS.Timeout {
    return setTimeout(() => setImmediate(then), ms);
  }

  #heard({ data }: MessageEvent<string | ArrayBuffer>): void {
    if (this.#done) return;
    const text = typeof data === 'string' ? data : textOf(data);
    this.#heardBytes += text.length;
    if (this.#messages.length < mostKept && this.#heardBytes <= mostKeptBytes) this.#messages.push(text);
    const wasOver = this.#conversation.isOver;
    const sent = wasOver ? [] : this.#conversation.heard(text);
    // It cannot be the answer to what is sent only now.
    const mayAccept = wasOver || (sent.length === 0 && this.#conversation.isOver);
    if (!wasOver) this.#isOver(sent);
    if (wasOver && (this.#probe.accepted ?? this.#probe.rejected?.message) === undefined) return;
    const { token } = this.#opening.presented;
    const result = judgeMessage(this.#probe, text, token, mayAccept);
    if (result !== null) this.#finish(result);
    else if (this.#heardBytes > floodCap) this.#inconclusive('too-large', 'a flood of other messages');
  }

  #closed({ code, reason }: CloseEvent): void {
    if (this.#openedAt !== null) {
      // Neither an end nor an error of the connection: it was given up here.
      if (code === 1006 && this.#wire?.readableEnded === false && this.#wire.errored === null) {
        this.#inconclusive('invalid-response', 'a message over 64 KiB, or against RFC 6455');
      } else this.#finish(judgeClose(this.#probe, { code, reason }, this.#said));
    } else if (this.#wire !== null) {
      this.#finish(judgeBrokenUpgrade(this.#headers, this.#opening.subprotocols));
    } else {
      this.#inconclusive('connection', 'the connection failed');
    }
  }

  #settled(): void {
    // A close frame came, but the peer keeps the connection: ending it here yields the close code.
    if (this.#socket?.readyState === 2 && this.#wire !== null) this.#wire.destroy();
    else this.#finish(judgeOpen(this.#probe, this.#said));
  }

  get #said(): Heard {
    return { messages: this.#messages, token: this.#opening.presented.token };
  }

  readonly #interrupted = (): void => {
    this.#inconclusive('timeout', 'the check ended before the result was clear');
  };

  #inconclusive(reason: ProbeResult['reason'], detail: string): void {
    const status = this.#wire === null ? null : 101;
    this.#finish({ result: 'inconclusive', status, closeCode: null, detail, reason });
  }

  #finish(result: ProbeResult): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#context.signal.removeEventListener('abort', this.#interrupted);
    // Before the handshake is over this aborts it; afterwards it sends a close frame, which the next turn cuts off from.
    this.#socket?.close(...(this.#openedAt === null ? [] : [1000]));
    setImmediate(() => {
      this.#wire?.destroy();
      this.#resolve({ ...result, clockOffsetMs: this.#clockOffsetMs });
    });
  }

  #now(): number {
    return this.#context.now().getTime();
  }
}
