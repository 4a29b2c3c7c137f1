import { Socket } from 'node:net';
import { NetworkError } from './errors.js';
import type { Connector } from './tunnel.js';

/** Every socket, so that all of them can be ended: also those still being made and those that became WebSockets. */
export class Sockets {
  readonly #open = new Set<Socket>();
  /** What gives up each connection that is still being made. */
  readonly #pending = new Set<() => void>();

  /** The connector, with an eye on what it makes. */
  watched(connect: Connector): Connector {
    return (options, callback) => {
      let made: unknown;
      const giveUp = (): void => {
        this.#pending.delete(giveUp);
        if (made instanceof Socket) made.destroy();
        const message = 'it was given up because the check ended';
        callback(new NetworkError({ code: 'connection', message }), null);
      };
      this.#pending.add(giveUp);
      // The types do not say so, but undici's own connector returns the socket.
      made = connect(options, (...result) => {
        if (this.#pending.delete(giveUp)) callback(...result);
        else result[1]?.destroy();
      });
      if (!(made instanceof Socket)) return;
      const socket = made;
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    };
  }

  /** Gives up every connection that is still being made. */
  giveUpPending(): void {
    for (const giveUp of this.#pending) giveUp();
  }

  /** Ends every socket. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
