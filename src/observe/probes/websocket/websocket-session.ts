import type { Duplex } from 'node:stream';
import type { CloseEvent, MessageEvent, WebSocket } from 'undici';
import { durationText } from '../../../schema/duration.js';
import type { ObserveContext } from '../../context.js';
import { type HttpResponse, textOf } from '../../network/network.js';
import { readErrorOf } from '../../network/network-errors.js';
import type { Presented } from '../answer/answer-words.js';
import { clockOffset, type ProbeResult } from '../probe.js';
import { type HandshakeEvents, interceptHandshake, messageCap } from './handshake.js';
import type { WebSocketProbe } from './schema.js';
import { SessionSteps, type Step } from './websocket-steps.js';
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

/** How to open the socket, with the token inserted. */
export interface Opening {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  /** The messages to send and to wait for. */
  readonly steps: readonly Step[];
  readonly presented: Presented;
}

/** Maximum total size of the messages to examine, in bytes. */
const floodCap = 16 * messageCap;

/** Maximum number and size of the messages whose texts are kept. */
const mostKept = 16;
const mostKeptBytes = messageCap;

/**
 * Opens the socket, listens until the result is clear or `settle` has passed, and closes without waiting for the
 * peer.
 */
export async function runSession(
  probe: WebSocketProbe,
  opening: Opening,
  context: ObserveContext,
): Promise<ProbeResult> {
  const session = new Session(probe, opening, context);
  try {
    const connection = { url: probe.url, tls: probe.tls, fresh: true };
    const [undici, dispatcher] = await Promise.all([
      import('./undici-websocket.js'),
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
  /** The connection of the socket, once the handshake succeeded. */
  #wire: Duplex | null = null;
  #headers: HttpResponse['headers'] = {};
  #timer: NodeJS.Timeout | undefined;
  #openedAt: number | null = null;
  #clockOffsetMs: number | undefined;
  #heardBytes = 0;
  /** The first messages, for their texts. */
  readonly #messages: string[] = [];
  readonly #steps: SessionSteps;

  constructor(probe: WebSocketProbe, opening: Opening, context: ObserveContext) {
    this.#probe = probe;
    this.#opening = opening;
    this.#context = context;
    this.#steps = new SessionSteps(opening.steps, messageMatches);
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Starts the session. */
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
    if (this.#isOver(this.#steps.advance())) return;
    const patience = this.#probe.timeout ?? this.#context.timeoutMs;
    this.#timer = this.#after(patience, () =>
      this.#finish(judgeWaiting(this.#steps.waitingFor, patience, this.#said)),
    );
  }

  /** Sends messages. After the last one, starts the waiting time. */
  #isOver(sent: readonly string[]): boolean {
    for (const text of sent) this.#socket?.send(text);
    if (!this.#steps.isOver) return false;
    clearTimeout(this.#timer);
    this.#timer = this.#after(this.#probe.settle, () => this.#settled());
    return true;
  }

  /** Messages that have already arrived are read before the timeout, even if this process was busy. */
  #after(ms: number, then: () => void): NodeJS.Timeout {
    return setTimeout(() => setImmediate(then), ms);
  }

  #heard({ data }: MessageEvent<string | ArrayBuffer>): void {
    if (this.#done) return;
    const text = typeof data === 'string' ? data : textOf(data);
    this.#heardBytes += text.length;
    if (this.#messages.length < mostKept && this.#heardBytes <= mostKeptBytes) this.#messages.push(text);
    const wasOver = this.#steps.isOver;
    const sent = wasOver ? [] : this.#steps.heard(text);
    // A message that arrived before cannot answer what is sent now.
    const mayAccept = wasOver || (sent.length === 0 && this.#steps.isOver);
    if (!wasOver) this.#isOver(sent);
    if (wasOver && (this.#probe.accepted ?? this.#probe.rejected?.message) === undefined) return;
    const { token } = this.#opening.presented;
    const result = judgeMessage(this.#probe, text, token, mayAccept);
    if (result !== null) this.#finish(result);
    else if (this.#heardBytes > floodCap) this.#inconclusive('too-large', 'a flood of other messages');
  }

  #closed({ code, reason }: CloseEvent): void {
    if (this.#openedAt !== null) {
      // The session ended the connection itself: this is neither a close nor an error.
      if (code === 1006 && this.#wire?.readableEnded === false && this.#wire.errored === null) {
        this.#inconclusive('invalid-response', 'a message over 64 KiB, or a violation of RFC 6455');
      } else this.#finish(judgeClose(this.#probe, { code, reason }, this.#said));
    } else if (this.#wire !== null) {
      this.#finish(judgeBrokenUpgrade(this.#headers, this.#opening.subprotocols));
    } else {
      this.#inconclusive('connection', 'the connection failed');
    }
  }

  #settled(): void {
    // The peer sent a close frame but keeps the connection open. Ending it makes the close code available.
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
    // During the handshake this aborts it. Afterwards it sends a close frame, and the next turn of the event loop
    // ends the connection.
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
