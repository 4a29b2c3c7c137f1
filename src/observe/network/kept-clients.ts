import type { Client } from 'undici';
import { NetworkError } from './network-errors.js';

interface Kept {
  readonly client: Client;
  /** When it was made, by `performance.now()`. */
  readonly since: number;
}

/**
 * Milliseconds. Behind a load balancer a kept connection always leads to the same replica: it is replaced after this
 * time.
 */
const longestKept = 300_000;

const givenUp = new NetworkError({
  code: 'connection',
  message: 'it was given up because the check ended',
});

/**
 * Clients of one kind, each with one connection, for one request at a time. undici's own pools create four objects and a dozen
 * listeners for each service; connections.ts has the measured difference.
 */
export class KeptClients {
  readonly #make: (origin: string) => Client;
  readonly #idle = new Map<string, Kept[]>();
  readonly #all = new Set<Client>();

  constructor(make: (origin: string) => Client) {
    this.#make = make;
  }

  /**
   * An idle client, or with `fresh` a new one. `done` ends its use and keeps it if its connection can be used again.
   */
  take(origin: string, fresh: boolean): { client: Client; done: (keep: boolean) => void } {
    const one = (fresh ? undefined : this.#young(origin)) ?? {
      client: this.#make(origin),
      since: performance.now(),
    };
    this.#all.add(one.client);
    const done = (keep: boolean): void => {
      // Deferred by one turn: a server that closes the connection after its answer has done so by then.
      if (keep) setImmediate(() => this.#keep(origin, one));
      else this.#end(one.client);
    };
    return { client: one.client, done };
  }

  /** Ends every client at once, also those in use. */
  async destroy(): Promise<void> {
    // One error for all: making a thousand, each with its stack, takes longer than anything else here.
    const ending = [...this.#all].map((client) => client.destroy(givenUp));
    this.#all.clear();
    this.#idle.clear();
    await Promise.all(ending);
  }

  #young(origin: string): Kept | undefined {
    const idle = this.#idle.get(origin);
    for (let one = idle?.pop(); one !== undefined; one = idle?.pop()) {
      if (!one.client.destroyed && performance.now() - one.since < longestKept) return one;
      this.#end(one.client);
    }
    return undefined;
  }

  #keep(origin: string, one: Kept): void {
    const idle = this.#idle.get(origin);
    if (idle === undefined) this.#idle.set(origin, [one]);
    else idle.push(one);
  }

  #end(client: Client): void {
    this.#all.delete(client);
    void client.destroy(givenUp);
  }
}
