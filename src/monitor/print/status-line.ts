import { emulatorsOf } from '../../check/emulators.js';
import { planOf } from '../../check/selection.js';
import type { Style } from '../../report/reporter.js';
import { formatTime } from '../../report/text/format.js';
import { sanitizeAndTruncate } from '../../report/text/sanitize.js';
import { themeOf } from '../../report/text/theme.js';
import { wrapWithIndent } from '../../report/text/wrap.js';
import { symbols } from '../../report/view/status.js';
import { emulatorNote } from '../../report/view/summary.js';
import { viewOf } from '../../report/view/view.js';
import { durationText, formatLatency } from '../../schema/duration.js';
import type { Io } from '../../system/io.js';
import { namesOf } from '../delivery/recipients.js';
import type { EffectiveConfig } from '../effective-config.js';
import type { CheckOutcome } from '../monitor-model.js';
import type { MonitorServer } from '../server/server.js';

/** The space between a number and its unit, at which no line is broken. */
const together = '\u00a0';

/** The result of a check in one line: time, verdict and summary. */
export function statusLine(outcome: CheckOutcome, at: Date, style: Style): string {
  const theme = themeOf(style.color).status;
  const time = formatTime(at.toISOString());
  if (outcome.is === 'failed') {
    const text = `${time} failed: ${sanitizeAndTruncate(outcome.message, 300)}`;
    return `${wrapWithIndent(`${symbols.unknown} `, text, style.columns).map(theme.unknown).join('\n')}\n`;
  }
  const { report, overall, headline } = viewOf(outcome.report);
  const { status, mark, word } = overall;
  const text = `${time} ${word.toLowerCase()}: ${headline.text} (${formatLatency(report.durationMs).replace(' ', together)})`;
  const lines = wrapWithIndent(`${mark} `, text, style.columns).map((line) => line.replace(together, ' '));
  return `${lines.map(theme[status]).join('\n')}\n`;
}

/** A key that is equal for checks with the same status line. */
export function statusKey(outcome: CheckOutcome): string {
  if (outcome.is === 'failed') return outcome.message;
  const { overall, headline } = viewOf(outcome.report);
  return `${overall.word} ${headline.text}`;
}

/** The monitored environment, the interval, the notifiers, emulators, and the address of the status page. */
export function startLine(
  { loaded, watch }: EffectiveConfig,
  server: Pick<MonitorServer, 'url'> | null,
  style: Style,
  env: Io['env'],
): string {
  const { environment, settings } = loaded;
  const count = Object.keys(settings.environments[environment]?.participants ?? {}).length;
  const who = `${sanitizeAndTruncate(environment, 60)} (${count} participant${count === 1 ? '' : 's'})`;
  const what = wrapWithIndent('', `watching ${who} every ${durationText(watch.interval)}`, style.columns);
  // An address is never broken, so that it can be copied as a whole.
  const where = server === null ? [] : [`page and metrics: ${server.url}/`];
  const names = namesOf(watch.notify).map((name) => sanitizeAndTruncate(name, 60));
  const notifiers = names.length === 0 ? 'none, because watch.notify is empty' : names.join(', ');
  const plan = planOf(settings, environment, { leftOut: loaded.leftOut });
  const note = emulatorNote({ emulators: emulatorsOf(plan, env, loaded.label) });
  const emulators = note === null ? [] : wrapWithIndent('', note, style.columns);
  return `${[...what, ...wrapWithIndent('', `notifiers: ${notifiers}`, style.columns), ...emulators, ...where].join('\n')}\n`;
}
