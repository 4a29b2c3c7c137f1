import { JwtcheckError } from '../errors.js';
import type { Metrics } from './metrics/metrics.js';
import type { MonitorView } from './server/monitor-view.js';
import { type MonitorServer, openServer } from './server/server.js';

/** The content and the address of the server; the address may change. */
export interface ServerLifecycle {
  /** `null` if there is no server. */
  server(): MonitorServer | null;
  /**
   * Serves at this address; `none`: no server.
   * @throws UsageError if it cannot listen there
   */
  serve(listen: string): Promise<void>;
  /**
   * Moves to another address. If it is unavailable, the metrics and the page stay at the current one.
   * @returns the effective address
   */
  move(from: string, to: string): Promise<string>;
  close(): Promise<void>;
}

export function openServerLifecycle(
  view: MonitorView,
  metrics: Metrics,
  /** Of the configuration in effect. */
  hosts: () => readonly string[] | undefined,
  warn: (text: string) => void,
): ServerLifecycle {
  let server: MonitorServer | null = null;
  const serve = async (listen: string): Promise<void> => {
    await server?.close();
    server = null;
    if (listen !== 'none') server = await openServer(view, metrics, { listen, hosts: hosts(), warn });
  };
  return {
    server: () => server,
    serve,
    async move(from, to) {
      if (from === to) return to;
      try {
        await serve(to);
        return to;
      } catch (error) {
        if (!(error instanceof JwtcheckError)) throw error;
        warn(`${error.message}; it stays where it was: ${from}`);
        await serve(from);
        return from;
      }
    },
    close: async () => server?.close(),
  };
}
