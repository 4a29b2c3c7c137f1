import type { Network } from '../../observe/network/network.js';
import { openNetwork } from '../../observe/network/open.js';
import type { Io } from '../../system/io.js';
import type { EffectiveConfig } from '../effective-config.js';
import { type History, historyRecipient } from '../history/history.js';
import type { Metrics } from '../metrics/metrics.js';
import type { DriftEvent, MonitorState } from '../monitor-model.js';
import { type Delivery, openDelivery } from './delivery.js';
import type { Recipient } from './recipient.js';
import { recipientsOf } from './recipients.js';
import type { Settlement } from './settlement.js';

export interface NotificationsOptions {
  readonly first: EffectiveConfig;
  /** As loaded at the start. */
  readonly state: MonitorState;
  readonly history: Pick<History, 'append'>;
  readonly output: Recipient;
  readonly metrics: Pick<Metrics, 'notified' | 'notifying' | 'failing' | 'queued'>;
  readonly io: Pick<Io, 'env' | 'now'>;
  readonly warn: (text: string) => void;
  /** An event was delivered or given up: the state should be saved. */
  readonly onChange: () => Promise<void>;
}

/** All recipients of events: the history, standard output, and the notifiers of the current configuration. */
export interface Notifications {
  readonly delivery: Delivery;
  /** Continues with the notifiers of another configuration. */
  reconfigure(configured: EffectiveConfig): void;
  close(): Promise<void>;
}

export function openNotifications(parts: NotificationsOptions): Notifications {
  const { first, state, history, output, metrics, io, warn, onChange } = parts;
  const own = [historyRecipient(history), output];
  const isOwn = (name: string): boolean => own.some((recipient) => recipient.name === name);

  /** Notifiers have their own network, because a delivery after a signal outlasts the check. */
  const openNotifiers = ({ loaded, watch }: EffectiveConfig) => {
    const { folder, label, scrub } = loaded;
    const persistent = openNetwork({ env: io.env, folder, label, retries: 0 });
    const direct = persistent.forCheck(persistent.closed);
    const underWay = new Set<Promise<unknown>>();
    const network: Network = {
      ...direct,
      request(request) {
        const asked = direct.request(request);
        underWay.add(asked);
        return asked.finally(() => underWay.delete(asked));
      },
    };
    const around = { network, now: io.now, label, scrub, intervalMs: watch.interval };
    const recipients = recipientsOf(watch.notify, around);
    metrics.notifying(recipients.map(({ name }) => name));
    return { recipients, close: () => persistent.close(), underWay };
  };
  let notifiers = openNotifiers(first);
  /** Notifiers of earlier configurations that still send: if aborted, their events might be sent twice. */
  const leaving = new Set<typeof notifiers>();

  /**
   * Recipients whose last delivery failed. The failure is logged when it begins, because giving up may take an hour.
   */
  const failing = new Set<string>();
  const failed = (recipient: string, what: string): void => {
    if (!failing.has(recipient) && !isOwn(recipient)) warn(`${recipient} could not be notified ${what}`);
    failing.add(recipient);
    if (!isOwn(recipient)) metrics.failing(recipient, true);
  };
  const well = (recipient: string): void => {
    failing.delete(recipient);
    if (!isOwn(recipient)) metrics.failing(recipient, false);
  };

  const settled = (event: DriftEvent, recipient: string, { result, reason }: Settlement): void => {
    if (!isOwn(recipient)) metrics.notified(recipient, result === 'sent' ? 'sent' : 'given-up');
    if (result === 'sent') {
      well(recipient);
      return;
    }
    if (!isOwn(recipient)) metrics.failing(recipient, true);
    const why = reason ?? 'for an unknown reason';
    warn(`${recipient} was not notified of ${event.type} ${event.incident}: ${why}`);
    const { environment, id: eventId } = event;
    const at = io.now().toISOString();
    void history.append({ type: 'given-up', at, environment, recipient, eventId, reason: why });
  };

  const delivery = openDelivery({
    recipients: [...own, ...notifiers.recipients],
    unsent: state.unsent,
    // No later check would report the end of an incident of another environment.
    open: state.open.filter(({ environment }) => environment === first.loaded.environment),
    random: Math.random,
    onSettled: settled,
    onFailed: ({ type, incident }, recipient, reason) =>
      failed(recipient, `of ${type} ${incident}: ${reason}; it is tried again`),
    onRenewed({ incident }, recipient, result) {
      if (result.ok) well(recipient);
      else
        failed(recipient, `that ${incident} is still open: ${result.error.message}; it may take it for over`);
    },
    onChange,
  });
  metrics.queued(() => delivery.queued());
  return {
    delivery,
    reconfigure(configured) {
      const old = notifiers;
      notifiers = openNotifiers(configured);
      delivery.replaceRecipients([...own, ...notifiers.recipients]);
      leaving.add(old);
      void Promise.allSettled(old.underWay).then(async () => {
        leaving.delete(old);
        await old.close();
      });
    },
    async close() {
      delivery.close();
      await Promise.all([notifiers, ...leaving].map((one) => one.close()));
    },
  };
}
