import {
  clean,
  headLines,
  joinSections,
  nextLines,
  pastable,
  stepLines,
} from '../../../report/pretty/action-lines.js';
import type { Style } from '../../../report/reporter.js';
import { formatTime } from '../../../report/text/format.js';
import { sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import { type Theme, themeOf } from '../../../report/text/theme.js';
import { wrapWithIndent } from '../../../report/text/wrap.js';
import { type Status, symbols } from '../../../report/view/status.js';
import type { StepText } from '../../../rotate/describe-steps.js';
import type { WaitingFor } from '../../../rotate/gate.js';
import type { Evidence } from '../../../rotate/gate-evidence.js';
import { enteredAt, isOpen, rotationStates } from '../../../rotation/rotation-record.js';
import { formatDuration } from '../../../schema/duration.js';
import type { RotationReport } from './rotate-report.js';

/** The annotation of a secret, at most. */
const longestDetail = 8192;

/** The report of `jwtcheck rotate` for people. */
export function prettyRotation(report: RotationReport, style: Style): string {
  const theme = themeOf(style.color);
  const sections = style.quiet
    ? [[...headLines(report, theme, style), ...quietLines(report, theme, style)]]
    : [
        headLines(report, theme, style),
        stateLines(report, theme, style),
        gateLines(report, theme, style),
        evidenceLines(report, theme, style),
        ...stepSections(report, theme, style),
        noteLines(report, theme, style),
        nextLines(report, theme, style),
      ];
  return joinSections(sections);
}

/** `idle → [staged] → promoted → revoked → finished` */
function stateLines(
  { isRead, record, sentence, target, now }: RotationReport,
  theme: Theme,
  style: Style,
): string[] {
  if (!isRead) return wrapWithIndent('  ', clean(target), style.columns).map(theme.faint);
  const state = record?.state ?? 'idle';
  const line = rotationStates.map((one) => (one === state ? `[${one}]` : one)).join(' → ');
  const since =
    record === null
      ? ''
      : ` since ${formatTime(new Date(enteredAt(record)).toISOString())}${ago(enteredAt(record), now)}`;
  return [
    ...wrapWithIndent('  ', line, style.columns).map(theme.strong),
    ...wrapWithIndent('  ', clean(`${sentence}${isOpen(record) ? `,${since}` : ''}`), style.columns),
    ...wrapWithIndent('  ', clean(target), style.columns).map(theme.faint),
    ...(record === null || !isOpen(record)
      ? []
      : wrapWithIndent('  ', clean(`rotation ${record.id}, ${record.mode}`), style.columns).map(theme.faint)),
  ];
}

const statusOfLack: Readonly<Record<WaitingFor['is'], Status>> = {
  refuted: 'bad',
  'not-yet': 'unknown',
  unproved: 'unknown',
};

function gateLines(report: RotationReport, theme: Theme, style: Style): string[] {
  const { gate, gateText, now } = report;
  if (gate === null || gateText === null) return [];
  const title = gate.holds
    ? report.steps.done.length > 0
      ? 'The gate held'
      : 'The gate holds'
    : gate.refuted
      ? 'The gate is refuted'
      : 'The gate does not hold yet';
  const lines = [
    theme.heading(title),
    ...wrapWithIndent('  ', `It asks that ${gateText}.`, style.columns).map(theme.faint),
  ];
  if (!gate.holds)
    for (const waiting of ordered(gate.waitingFor)) {
      const status = statusOfLack[waiting.is];
      const first = `  ${symbols[status]} `;
      const [head = '', ...more] = wrapWithIndent(first, clean(lackText(waiting, now)), style.columns);
      lines.push(`  ${theme.status[status](symbols[status])}${head.slice(first.length - 1)}`, ...more);
    }
  return lines;
}

/** What refutes comes first. */
const ordered = (all: readonly WaitingFor[]): WaitingFor[] =>
  [...all].sort((a, b) => Number(b.is === 'refuted') - Number(a.is === 'refuted'));

/** Who, at which probe and replica, does what, since when, until when. */
export function lackText(waiting: WaitingFor, now: number): string {
  const { participant, probe, instance, what, since, until } = waiting;
  const places = [
    ...(probe === undefined ? [] : [`probe ${probe}`]),
    ...(instance === undefined ? [] : [`replica ${instance}`]),
  ];
  const who =
    participant === null ? '' : `${participant}${places.length === 0 ? '' : ` (${places.join(', ')})`} `;
  const when = [
    ...(participant !== null && since > 0 && now - since >= 10_000
      ? [`for ${formatDuration(now - since)}`]
      : []),
    ...(until === undefined ? [] : [`possible in ${formatDuration(Math.max(0, until - now))}`]),
  ];
  return `${who}${what}${when.length === 0 ? '' : ` (${when.join('; ')})`}`;
}

/** What the last check saw, a line for each participant and probe. */
function evidenceLines({ gate, now }: RotationReport, theme: Theme, style: Style): string[] {
  if (gate === null || gate.evidence.length === 0) return [];
  const groups = new Map<string, Evidence[]>();
  for (const one of gate.evidence) {
    const place = [one.probe, one.instance].filter((part) => part !== null).join(', ');
    const name = `${one.participant}${place === '' ? '' : ` ${place}`}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [
    theme.heading('What the last check saw'),
    ...[...groups].flatMap(([name, evidence]) =>
      wrapWithIndent(
        '  ',
        clean(`${name}: ${evidence.map((one) => evidenceText(one, now)).join('; ')}`),
        style.columns,
      ),
    ),
  ];
}

function evidenceText({ key, isBackdated, did, tokens, since }: Evidence, now: number): string {
  const what =
    key === null
      ? 'an unknown key'
      : key === 'forged'
        ? 'forged'
        : `${isBackdated ? 'backdated ' : ''}version ${key}`;
  const verb = did === 'signed' ? 'signs with' : did === 'inconclusive' ? 'no clear answer to' : did;
  const duration = now - since >= 60_000 ? `, for ${formatDuration(now - since)}` : '';
  return `${verb} ${what} (${tokens}${duration})`;
}

function stepSections(report: RotationReport, theme: Theme, style: Style): string[][] {
  const { command, steps, later, undo, trusted, signsOut, isApplied } = report;
  const listing = (title: string, lines: readonly StepText[]): string[][] =>
    lines.length === 0
      ? []
      : [[theme.heading(title), ...lines.flatMap((line, at) => stepOf(line, at, style))]];
  const gone = command === 'rollback' ? 'new' : 'old';
  const warning = `Users who hold tokens of the ${gone} key (${signsOut.join(', ')}) have to sign in again.`;
  const undoing = undo === null ? [] : [`${undoPrefix(report)}${pastable(undo)}`];
  return [
    trusted.length === 0
      ? []
      : wrapWithIndent(
          '? ',
          clean(`Trusted without proof (--trust): ${trusted.join(', ')}.`),
          style.columns,
        ).map(theme.status.unknown),
    ...listing('Done', steps.done),
    ...listing(isApplied ? 'Not done' : 'Dry run: --apply would do this', steps.planned),
    ...listing('Once the gate holds', steps.foreseen),
    ...listing('Later, each step after its own gate', later),
    signsOut.length === 0 ? [] : wrapWithIndent('! ', clean(warning), style.columns).map(theme.status.bad),
    undoing,
  ];
}

/** Before anything is written, there is nothing to undo yet. */
const undoPrefix = ({ isApplied, command }: RotationReport): string =>
  isApplied || command === 'status' ? 'Undo: ' : 'Undo afterwards: ';

/** The annotation is shown with --verbose only: it is long, and machines read it. */
function stepOf({ title, details }: StepText, index: number, style: Style): string[] {
  const number = `  ${index + 1}. `;
  const shown = style.verbose ? details : details.filter((line) => !line.startsWith('annotation '));
  return [
    ...wrapWithIndent(number, clean(title), style.columns),
    ...shown.flatMap((line) =>
      wrapWithIndent(' '.repeat(number.length), sanitizeAndTruncate(line, longestDetail), style.columns),
    ),
  ];
}

function noteLines({ notes }: RotationReport, theme: Theme, style: Style): string[] {
  return notes.flatMap((note) => stepLines(note, '', theme, style));
}

function quietLines({ gate, notes, now }: RotationReport, theme: Theme, style: Style): string[] {
  const lacks = gate === null || gate.holds ? [] : ordered(gate.waitingFor);
  return [...lacks.map((one) => ({ text: lackText(one, now) })), ...notes].flatMap((step) =>
    stepLines(step, '  ', theme, style),
  );
}

/** Of a time long enough ago. */
const ago = (at: number, now: number): string =>
  now - at < 60_000 ? '' : ` (${formatDuration(now - at)} ago)`;
