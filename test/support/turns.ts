import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';

/**
 * Waits until a condition holds, one turn of the event loop after another. No time needs to pass: it works with a
 * stopped clock, and a slow machine only takes longer.
 */
export async function untilTurn(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

/** The next message on one of Node's diagnostics channels, such as `undici:websocket:open`. */
export function published(channel: string): Promise<unknown> {
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      unsubscribe(channel, listen);
      resolve(message);
    };
    subscribe(channel, listen);
  });
}
