import { Worker } from 'node:worker_threads';
import { codeOf } from '../../system/error-code.js';
import { type Answered, gathering, type Order } from './thread-messages.js';

/** From so many participants on, a thread that sends the requests gains more than its start costs. */
export const worthThread = 100;

/** Who hears of what the thread does. */
interface Listener {
  answered(answer: Answered): void;
  /** It ended by itself. `ran`: it may have sent what it was given. */
  ended(ran: boolean, code: string | null): void;
}

/** What it makes is garbage soon: more room for that takes memory, and no time off. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

const script = new URL('./thread.js', import.meta.url);

/** The thread that sends requests, from this side. It takes a while to start, so that it is worth starting early. */
export class NetworkThread {
  /** `null` where none may be started, as under Node's permission model. */
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
      // The first list is empty, and says that it runs.
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

  /** Whether it ended, or never came to be. */
  get gone(): boolean {
    return this.#state === 'gone';
  }

  /** From now on this one hears of it, and nobody else. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Gives it an order, in the order of the calls; none once it is gone. */
  tell(order: Order): void {
    if (!this.gone) this.#post(order);
  }

  /** Ends it, with all of its connections. Not waited for: a name that is being looked up there would hold everybody up. */
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
