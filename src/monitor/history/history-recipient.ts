import type { Recipient } from '../delivery/recipient.js';
import type { History } from './history.js';

/** The history, told of every event. */
export function historyRecipient(history: Pick<History, 'append'>): Recipient {
  return {
    name: 'history',
    minimumLevel: 'INFO',
    send: (event) => history.append({ type: 'event', at: event.at, environment: event.environment, event }),
  };
}
