import { Worker } from 'node:worker_threads';
import { codeOf } from '../../system/error-code.js';
import { type Answered, gathering, type Order } from './thread-messages.js';

/** From this number of participants on, a sending thread saves more time than its start costs. */
export const worthThread = 100;

/** Receives the events of the thread. */
interface Listener {
  answered(answer: Answered): void;
  /** It ended unexpectedly. `ran`: it may have sent the requests that it received. */
  ended(ran: boolean, code: string | null): void;
}

/** The thread's objects are short-lived: a larger young generation costs memory and saves no time. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

const script = new URL('./thread.js', import.meta.url);

/** The thread that sends requests, as seen from the main thread. Its start takes time, so start it early. */
export class NetworkThread {
  /** `null` if no thread may be started, as under Node's permission model. */
  readonly #worker: Worker | null;
  readonly #post: (order: Order) => void;
  #state: 'starting' | 'running' | 'gone' = 'starting';
  #listener: Listener | null = null;

  /** @param program what it runs */
  constructor(program = script) {
    const worker = started(program);
    this.#worker = worker;
    this.#post = gathering((orders) => worker?.postMessage(orders));
    if (worker === null) this.#state = 'gone';
    worker?.on('message', (answers: readonly Answered[]) => {
      // The first list is empty: it reports that the thread runs.
      if (this.#state === 'starting') this.#state = 'running';
      for (const answer of answers) this.#listener?.answered(answer);
    });
    let code: string | null = null;
    worker?.on('error', (error) => {
      code = codeOf(error);
    });
    worker?.on('exit', () => {
      const state = this.#state;
      this.#state = 'gone';
      if (state !== 'gone') this.#listener?.ended(state === 'running', code);
    });
  }

  /** Whether it ended, or never started. */
  get gone(): boolean {
    return this.#state === 'gone';
  }

  /** From now on only this listener receives its events. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Sends it a message, in the order of the calls; none once it ended. */
  tell(order: Order): void {
    if (!this.gone) this.#post(order);
  }

  /**
   * Terminates the thread with all of its connections. Not awaited: a pending name lookup in the thread would delay the
   * caller.
   */
  end(): void {
    this.#state = 'gone';
    this.#worker?.unref();
    void this.#worker?.terminate();
  }
}

function started(program: URL): Worker | null {
  try {
    return new Worker(program, { name: 'network', resourceLimits });
  } catch {
    return null;
  }
}
