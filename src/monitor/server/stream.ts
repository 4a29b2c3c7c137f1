import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MonitorView } from './monitor-view.js';
import { headersOf, send, text } from './response.js';

/** More pages than this are open nowhere by intent. */
const mostClients = 32;

/** Milliseconds; a page that receives nothing for three of these intervals treats the connection as lost. */
const heartbeatMs = 10_000;

/** Milliseconds that a browser waits before it connects again. */
const retryMs = 2000;

/** Bytes: a client that does not read this many is disconnected. */
const mostWaiting = 64 * 1024;

/** Server-sent events (WHATWG HTML §9.2) that report only that something changed. The page then fetches the change. */
export interface Stream {
  open(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

/** @param greeting sent to each client first; a page that receives a different one reloads itself */
export function openStream(view: MonitorView, greeting: string, beatMs = heartbeatMs): Stream {
  /** In the order in which they came, each with its address. */
  const clients = new Map<ServerResponse, string>();
  let id = 0;
  let pending: NodeJS.Immediate | null = null;

  function say(client: ServerResponse, words: string): void {
    client.write(words);
    if (client.writableLength > mostWaiting) client.destroy();
  }
  const all = (words: string): void => {
    for (const client of clients.keys()) say(client, words);
  };

  /**
   * Ends the oldest stream of the address that has the most, so that one client cannot take all places. `false`: the
   * difference is too small. The one that is cut off connects again, and must not displace others in turn.
   */
  function makeRoom(address: string): boolean {
    const counts = new Map<string, number>();
    for (const client of clients.values()) counts.set(client, (counts.get(client) ?? 0) + 1);
    const [greediest, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    const oldest = [...clients].find(([, client]) => client === greediest)?.[0];
    if (oldest === undefined || most <= (counts.get(address) ?? 0) + 1) return false;
    clients.delete(oldest);
    oldest.end();
    return true;
  }

  // A check and its events arrive together: one message is sufficient.
  const unsubscribe = view.subscribe(() => {
    pending ??= setImmediate(() => {
      pending = null;
      id += 1;
      all(`id: ${id}\nevent: change\ndata: ${view.now().toISOString()}\n\n`);
    });
  });
  const heartbeat = setInterval(() => all(`event: alive\ndata: ${view.now().toISOString()}\n\n`), beatMs);
  heartbeat.unref();

  return {
    open(request, response) {
      const isHead = request.method === 'HEAD';
      const address = request.socket.remoteAddress ?? '';
      if (clients.size >= mostClients && !isHead && !makeRoom(address)) {
        const headers = { 'retry-after': '30' };
        return send(request, response, text(503, `already ${mostClients} pages are listening`, headers));
      }
      response.writeHead(
        200,
        headersOf('text/event-stream', { 'x-accel-buffering': 'no', connection: 'close' }),
      );
      if (isHead) return void response.end();
      clients.set(response, address);
      response.once('close', () => clients.delete(response));
      say(response, `retry: ${retryMs}\nid: ${id}\nevent: hello\ndata: ${greeting}\n\n`);
    },
    close() {
      unsubscribe();
      clearInterval(heartbeat);
      if (pending !== null) clearImmediate(pending);
      for (const client of clients.keys()) client.end();
      clients.clear();
    },
  };
}
