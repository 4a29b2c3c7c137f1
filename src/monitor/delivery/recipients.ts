import type { NotifierConfig } from '../../config/watch-schema.js';
import type { NotifierKind } from '../../notify/index.js';
import { defaultTimeoutMs, type Sending } from '../../notify/notifier.js';
import { senderOf } from '../../notify/sender.js';
import { worse } from '../event-types.js';
import type { Recipient } from './recipient.js';

/** A configured notifier under its name. */
export interface NotifierRecipient extends Recipient {
  readonly kind: NotifierKind;
  /** The destination, safe to display. */
  readonly target: string;
  /** Whether an incident stays open there until its end is reported. */
  readonly keepsIncidents: boolean;
}

/** The notifiers of a configuration, in its order. */
export function recipientsOf(
  notify: readonly NotifierConfig[],
  around: Omit<Sending, 'timeoutMs'>,
): readonly NotifierRecipient[] {
  const names = namesOf(notify);
  return notify.map((settings, index): NotifierRecipient => {
    const sender = senderOf(settings);
    const sending = { ...around, timeoutMs: settings.timeout ?? defaultTimeoutMs };
    const { renewal } = sender;
    return {
      name: names[index] ?? settings.kind,
      kind: settings.kind,
      target: sender.target(settings, sending),
      keepsIncidents: sender.keepsIncidents,
      // Events of the urgency INFO are about what goes as planned: no incident had a higher level.
      minimumLevel:
        sender.alertsOnly === true ? worse(settings.minimumLevel, 'WARNING') : settings.minimumLevel,
      send: (event, before) => sender.send(event, settings, sending, before),
      ...(renewal === undefined
        ? {}
        : {
            renewal: {
              everyMs: renewal.everyMs(settings, sending),
              renew: (event) => renewal.renew(event, settings, sending),
            },
          }),
    };
  });
}

/** The name of each: the configured name, or the kind, or the kind and an unused number. */
export function namesOf(
  notify: readonly { readonly kind: string; readonly name?: string | undefined }[],
): readonly string[] {
  const taken = new Set(notify.flatMap(({ name }) => (name === undefined ? [] : [name])));
  return notify.map(({ kind, name }) => {
    if (name !== undefined) return name;
    let free: string = kind;
    for (let number = 2; taken.has(free); number++) free = `${kind}-${number}`;
    taken.add(free);
    return free;
  });
}
