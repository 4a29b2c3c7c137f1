import type { NotifierConfig } from '../config/watch-schema.js';
import type { SendResult } from '../monitor/delivery/recipient.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import { type NotifierKind, notifiers } from './index.js';
import type { Renewal, Sending } from './notifier.js';

/** Operations of every notifier, regardless of its kind. */
interface Sender {
  readonly keepsIncidents: boolean;
  readonly alertsOnly?: boolean;
  target(settings: NotifierConfig, sending: Pick<Sending, 'label'>): string;
  send(
    event: DriftEvent,
    settings: NotifierConfig,
    sending: Sending,
    before: DriftEvent | null,
  ): Promise<SendResult>;
  readonly renewal?: Renewal<NotifierConfig>;
}

const senders: Record<NotifierKind, Sender> = notifiers;

/** The sender of a notifier's kind. */
export const senderOf = (settings: Pick<NotifierConfig, 'kind'>): Sender => senders[settings.kind];
