import type { DriftEvent, EventType } from '../../monitor/monitor-model.js';
import type { Style } from '../reporter.js';
import { instantText, spanText } from '../text/format-time.js';
import { label, plain } from '../text/sanitize.js';
import { hang } from '../text/wrap.js';
import { emulatorNote } from '../view/emulator-note.js';
import { remedyParts } from '../view/remedy.js';
import type { Standing } from '../view/status.js';
import { marks, paint } from './theme.js';

/** Every kind of event in words, and how good or bad news it is. */
const words: Readonly<Record<EventType, { readonly text: string; readonly standing: Standing }>> = {
  'drift-detected': { text: 'drift detected', standing: 'wrong' },
  'drift-changed': { text: 'drift changed', standing: 'wrong' },
  'drift-reminder': { text: 'drift continues', standing: 'wrong' },
  'drift-resolved': { text: 'drift resolved', standing: 'fine' },
  'participant-unreachable': { text: 'participant unreachable', standing: 'unclear' },
  'participant-recovered': { text: 'participant recovered', standing: 'fine' },
  'monitor-degraded': { text: 'monitoring is degraded', standing: 'unclear' },
  'monitor-recovered': { text: 'monitoring works again', standing: 'fine' },
};

/** Findings and characters that one event may take on a screen. */
const mostFindings = 5;
const longestText = 800;

/** An event for people: how bad, what and when on the first line, then what it is, then what to do. */
export function prettyEvent(event: DriftEvent, style: Style): string {
  const brushes = paint(style.color);
  const { text, standing } = words[event.type];
  const brush = brushes.standing[standing];
  const title = `${event.level}: ${text}, ${instantText(event.at)}${lasting(event)}`;
  const head = hang(`${marks[standing]} `, title, style.columns).map((line) => brush(line));
  const summary = hang('  ', label(event.summary, longestText), style.columns).map(brushes.strong);
  const note = emulatorNote(event);
  const emulator = note === null ? [] : hang('  ', note, style.columns).map(brushes.faint);
  if (style.quiet) return `${[...head, ...summary, ...emulator].join('\n')}\n`;
  // What is over needs no remedy any more.
  const told = style.verbose || standing !== 'fine' ? event.findings : [];
  const shown = style.verbose ? told : told.slice(0, mostFindings);
  const findings = shown.flatMap(({ code, message, remedy }) => [
    ...hang('    ', `${label(code, 60)}: ${label(message, longestText)}`, style.columns),
    ...remedyLines(remedy, brushes.command, style.columns),
  ]);
  const rest = told.length - shown.length;
  const more = rest > 0 ? hang('    ', `and ${rest} more (-v shows them)`, style.columns) : [];
  const foot = hang('  ', `incident ${label(event.incident, 160)}`, style.columns).map(brushes.faint);
  return `${[...head, ...summary, ...findings, ...more, ...emulator, ...foot].join('\n')}\n\n`;
}

function lasting({ durationMs }: DriftEvent): string {
  return durationMs >= 1000 ? `, after ${spanText(durationMs)}` : '';
}

function remedyLines(remedy: string, command: (text: string) => string, columns: number): string[] {
  return remedyParts(remedy).flatMap((part, index) => {
    if (part.kind === 'command') return [`        ${command(plain(part.text))}`];
    return hang(index === 0 ? '      fix: ' : '      ', label(part.text, longestText), columns);
  });
}
