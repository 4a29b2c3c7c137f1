import type { Io } from '../io.js';
import { openNetwork } from '../observe/network/open.js';
import type { Configured } from './configured.js';
import { type Delivery, openDelivery, type Settlement } from './delivery.js';
import type { History } from './history/history.js';
import { historyRecipient } from './history/recipient.js';
import type { Metrics } from './metrics.js';
import type { DriftEvent, MonitorState } from './model.js';
import type { Recipient } from './recipient.js';
import { recipientsOf } from './recipients.js';

export interface TellingParts {
  readonly first: Configured;
  /** As the last start left it. */
  readonly state: MonitorState;
  readonly history: Pick<History, 'append'>;
  readonly output: Recipient;
  readonly metrics: Pick<Metrics, 'notified'>;
  readonly io: Pick<Io, 'env' | 'now'>;
  readonly warn: (text: string) => void;
  /** Somebody was told, or given up: time to write the state. */
  readonly onChange: () => void;
}

/** Everybody who is told: the history, standard output, and the notifiers of the configuration in effect. */
export interface TellingEverybody {
  readonly delivery: Delivery;
  /** Goes on with the notifiers of another configuration. */
  reconfigure(configured: Configured): Promise<void>;
  close(): Promise<void>;
}

export function openTelling(parts: TellingParts): TellingEverybody {
  const { first, state, history, output, metrics, io, warn, onChange } = parts;
  const own = [historyRecipient(history), output];
  const isOwn = (name: string): boolean => own.some((recipient) => recipient.name === name);

  /** Notifiers have a network of their own: what is told after a signal outlives the check. */
  const openNotifiers = ({ loaded, watch }: Configured) => {
    const { folder, label } = loaded;
    const lasting = openNetwork({ env: io.env, folder, label, retries: 0 });
    const network = lasting.during(lasting.closed);
    const around = { network, now: io.now, label, intervalMs: watch.interval };
    return { recipients: recipientsOf(watch.notify, around), close: () => lasting.close() };
  };
  let notifiers = openNotifiers(first);

  const settled = (event: DriftEvent, recipient: string, { result, reason }: Settlement): void => {
    if (!isOwn(recipient)) metrics.notified(recipient, result === 'sent' ? 'sent' : 'given-up');
    if (result === 'sent') return;
    const why = reason ?? 'for an unknown reason';
    warn(`${recipient} was not told of ${event.type} ${event.incident}: ${why}`);
    const { environment, id: eventId } = event;
    const at = io.now().toISOString();
    void history.append({ type: 'given-up', at, environment, recipient, eventId, reason: why });
  };

  const delivery = openDelivery({
    recipients: [...own, ...notifiers.recipients],
    unsent: state.unsent,
    open: state.open,
    random: Math.random,
    onSettled: settled,
    onChange,
  });
  return {
    delivery,
    async reconfigure(configured) {
      const old = notifiers;
      notifiers = openNotifiers(configured);
      delivery.replaceRecipients([...own, ...notifiers.recipients]);
      await old.close();
    },
    async close() {
      delivery.close();
      await notifiers.close();
    },
  };
}
