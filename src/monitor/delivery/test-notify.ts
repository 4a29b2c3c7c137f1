import type { Loaded } from '../../config/load.js';
import { JwtcheckError, UsageError } from '../../errors.js';
import type { ExitCode } from '../../model.js';
import { eventOf } from '../../notify/event.js';
import { openNetwork } from '../../observe/network/open.js';
import { sanitize } from '../../report/text/sanitize.js';
import type { Io } from '../../system/io.js';
import { type Links, linkSettingsOf, linksOf } from '../alerting/links.js';
import type { DriftEvent } from '../monitor-model.js';
import type { SendResult } from './recipient.js';
import { type NotifierRecipient, recipientsOf } from './recipients.js';

/** An environment that no monitor watches, so that a test neither hides nor ends a real incident. */
const environment = 'jwtcheck-test';

/**
 * Sends a harmless, marked test event once through every notifier, whatever its `minimumLevel`, without retries. Where
 * incidents stay open, the end follows at once. Prints a line for each notifier.
 * @returns 0 if all deliveries succeeded, 3 if one failed
 * @throws UsageError if no notifier is configured
 */
export async function testNotify(
  loaded: Loaded,
  { env, now, signal, stdout }: Pick<Io, 'env' | 'now' | 'signal' | 'stdout'>,
): Promise<ExitCode> {
  const { notify, interval } = loaded.settings.watch;
  if (notify.length === 0)
    throw new UsageError('--test-notify: no notifier is configured', 'Add one to `watch.notify`.');
  const { folder, label, scrub } = loaded;
  const persistent = openNetwork({ env, folder, label });
  const network = persistent.forCheck(signal);
  try {
    const recipients = recipientsOf(notify, { network, now, label, scrub, intervalMs: interval });
    const links = linksOf([], linkSettingsOf(loaded.settings.watch));
    const results = await Promise.all(recipients.map((recipient) => test(recipient, now(), links)));
    if (signal.aborted) throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
    const width = Math.max(...recipients.map(({ name }) => name.length));
    const lines = recipients.map((recipient, index) => lineOf(recipient, results[index], width));
    await stdout.write(lines.join(''));
    return results.every(({ ok }) => ok) ? 0 : 3;
  } finally {
    await persistent.close();
  }
}

async function test(recipient: NotifierRecipient, at: Date, links: Links): Promise<SendResult> {
  const [detected, resolved] = testEvents(recipient.name, at, links);
  const result = await recipient.send(detected, null);
  if (!result.ok || !recipient.keepsIncidents) return result;
  return recipient.send(resolved, detected);
}

/** A drift that never was, and its end. */
function testEvents(name: string, now: Date, links: Links): readonly [DriftEvent, DriftEvent] {
  const at = now.toISOString();
  const about = {
    incident: `${environment}/${at}/${name}`,
    level: 'INFO',
    environment,
    at,
    since: at,
    participants: [],
    findings: [],
    impact: { currency: 'USD', mrrAtRisk: 0 },
    links,
  } as const;
  const summary = 'TEST: jwtcheck can reach you here. Nothing is wrong and nothing is to be done.';
  return [
    eventOf({ ...about, type: 'drift-detected', summary }),
    eventOf({ ...about, type: 'drift-resolved', summary: `${summary} The test is over.` }),
  ];
}

function lineOf(recipient: NotifierRecipient, result: SendResult | undefined, width: number): string {
  const { name, target } = recipient;
  const sent = result?.ok === true;
  const head = `${sent ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${sanitize(target)}\n`;
  if (result === undefined || result.ok) return head;
  const { message, hint } = result.error;
  const indent = ' '.repeat(width + 10);
  const lines = [message, ...(hint === undefined ? [] : [`hint: ${hint}`])];
  return `${head}${lines.map((line) => `${indent}${sanitize(line)}\n`).join('')}`;
}
