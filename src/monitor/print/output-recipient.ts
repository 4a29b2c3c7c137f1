import { prettyEvent } from '../../report/pretty/event-text.js';
import type { Style } from '../../report/reporter.js';
import { jsonLine } from '../../report/text/json-text.js';
import type { Output } from '../../system/io.js';
import type { Recipient } from '../delivery/recipient.js';
import type { DriftEvent } from '../monitor-model.js';

/** Ways to write events, by the name that `--format` of `watch` takes. */
export const eventFormats = {
  pretty: prettyEvent,
  ndjson: jsonLine,
} satisfies Record<string, (event: DriftEvent, style: Style) => string>;

export type EventFormat = keyof typeof eventFormats;

export const isEventFormat = (name: string): name is EventFormat => Object.hasOwn(eventFormats, name);

/** Standard output as a recipient of every event. */
export function outputRecipient(format: EventFormat, style: Style, output: Output): Recipient {
  return {
    name: 'output',
    minimumLevel: 'INFO',
    async send(event) {
      await output.write(eventFormats[format](event, style));
      return { ok: true, value: null };
    },
  };
}
