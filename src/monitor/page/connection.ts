import type { StatusDocument } from '../server/status-document.js';

/** Milliseconds of silence after which a connection counts as dead; the monitor sends every 10 s. */
const silenceMs = 25_000;

/** Milliseconds between two polls while no stream reports changes. */
const askEveryMs = 5000;

/** Milliseconds for one question. */
const patienceMs = 8000;

export interface Connection {
  /** `live`: changes arrive by stream; `asking`: answers arrive by polling; `lost`: no answer. */
  readonly state: 'connecting' | 'live' | 'asking' | 'lost';
  /** Milliseconds: when `status` was answered. */
  readonly heardAt: number;
  readonly status: StatusDocument | null;
}

/**
 * Listens for changes, and polls while no stream reports them. After a lost connection it retries without limit. Calls
 * `changed` with every answer and at every loss.
 */
export function connect(changed: (connection: Connection) => void): void {
  let status: StatusDocument | null = null;
  let heardAt = Date.now();
  let spokenAt = Date.now();
  let triedAt = 0;
  let source: EventSource | null = null;
  let live = false;
  let reached: boolean | null = null;
  let asking = false;
  let again = false;
  let greeting: string | null = null;

  const publish = (): void => {
    const state = reached === null ? 'connecting' : !reached ? 'lost' : live ? 'live' : 'asking';
    changed({ state, heardAt, status });
  };

  async function ask(): Promise<void> {
    again = asking;
    if (asking) return;
    asking = true;
    triedAt = Date.now();
    try {
      const response = await fetch('status.json', {
        cache: 'no-store',
        signal: AbortSignal.timeout(patienceMs),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      status = await response.json();
      reached = true;
      heardAt = Date.now();
    } catch {
      reached = false;
    }
    asking = false;
    publish();
    if (again) void ask();
  }

  function listen(): void {
    source?.close();
    const stream = new EventSource('events');
    source = stream;
    spokenAt = Date.now();
    const spoken = (): void => {
      spokenAt = Date.now();
      live = true;
    };
    stream.addEventListener('hello', ({ data }) => {
      // Another version of this page: the server may send what this version does not understand.
      if (greeting !== null && greeting !== data) return location.reload();
      greeting = data;
      spoken();
      void ask();
    });
    stream.addEventListener('alive', spoken);
    stream.addEventListener('change', () => {
      spoken();
      void ask();
    });
    stream.addEventListener('error', () => {
      live = false;
      void ask();
    });
  }

  listen();
  setInterval(() => {
    const now = Date.now();
    if (live && now - spokenAt > silenceMs) live = false;
    if (live || now - triedAt < askEveryMs) return;
    if (source === null || source.readyState === EventSource.CLOSED || now - spokenAt > silenceMs) listen();
    void ask();
  }, 1000);
}
