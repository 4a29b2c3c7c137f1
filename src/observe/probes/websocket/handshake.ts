import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HttpResponse } from '../../network/network.js';

type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Handler of the outcome of an opening handshake (RFC 6455 §4.1). */
export interface HandshakeEvents {
  /** Status 101: the connection is now a WebSocket. */
  upgraded(socket: Duplex, headers: HttpResponse['headers']): void;
  /** The header of another answer arrived; its body follows. */
  answered(): void;
  /** Another status than 101, with its body. */
  refused(response: HttpResponse): void;
  failed(error: Error): void;
}

/** Maximum size of a message, and of the body of a rejected handshake, in bytes. */
export const messageCap = 65_536;
const fragmentsCap = 1024;

/** How long to wait for the body of a rejected handshake: the status already decides the result. */
const bodyGraceMs = 500;

/**
 * A dispatcher that intercepts the handshake. The WebSocket API hides the status of a rejected handshake, so that
 * this dispatcher reports it instead. It also limits the size of messages, including decompressed ones.
 */
export async function interceptHandshake(
  dispatcher: Dispatcher,
  events: HandshakeEvents,
): Promise<Dispatcher> {
  const undici = await import('./undici-websocket.js');
  class Capped extends undici.Dispatcher {
    override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      return dispatcher.dispatch(options, handler);
    }
    /** Read by undici's WebSocket, whose default limit is 128 MiB. */
    get webSocketOptions() {
      return { maxPayloadSize: messageCap, maxFragments: fragmentsCap };
    }
  }
  return new Capped().compose(
    (dispatch) => (options, handler) => dispatch(options, handshakeHandler(handler, events)),
  );
}

function handshakeHandler(
  handler: Dispatcher.DispatchHandler,
  events: HandshakeEvents,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let head: Pick<HttpResponse, 'status' | 'headers'> | null = null;
  let size = 0;
  let grace: NodeJS.Timeout | undefined;
  const refuse = (): void => {
    clearTimeout(grace);
    if (head !== null) events.refused({ ...head, body: Buffer.concat(chunks, size) });
    head = null;
  };
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade(controller, status, headers, socket) {
      // An error before the WebSocket attaches its own listener must be handled here.
      socket.on('error', () => {});
      events.upgraded(socket, flat(headers));
      handler.onRequestUpgrade?.(controller, status, headers, socket);
    },
    onResponseStart(_, status, headers) {
      if (status < 200 && status !== 101) return;
      head = { status, headers: flat(headers) };
      grace = setTimeout(refuse, bodyGraceMs);
      events.answered();
    },
    onResponseData(_, chunk) {
      const rest = chunk.subarray(0, messageCap - size);
      chunks.push(rest);
      size += rest.length;
      if (size === messageCap) refuse();
    },
    onResponseEnd: refuse,
    onResponseError(controller, error) {
      if (head === null) events.failed(error);
      else refuse();
      handler.onResponseError?.(controller, error);
    },
  };
}

function flat(headers: ResponseHeaders): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), String(value)] as const],
  );
  return Object.fromEntries(entries);
}
