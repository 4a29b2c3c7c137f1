import type { Counts, RejectionWindow, TallyResult } from '../../../demo/rotation/tally.js';
import type { Style } from '../../../report/reporter.js';
import { count } from '../../../report/text/format.js';
import { type Column, layOut } from '../../../report/text/table.js';
import { themeOf } from '../../../report/text/theme.js';
import { wrapWithIndent } from '../../../report/text/wrap.js';
import { type Status, symbols } from '../../../report/view/status.js';
import { formatLatency } from '../../../schema/duration.js';
import type { Io } from '../../../system/io.js';
import { exitCodeOf, type Moment, type RotationOutcome, rateOf } from './rotation-outcome.js';

/** What happens, as it happens: on standard error. */
export class RotationStory {
  readonly moments: Moment[] = [];
  readonly #io: Pick<Io, 'stderr'>;
  readonly #style: Style;
  readonly #startedAt = performance.now();
  #lastNote = '';

  constructor(io: Pick<Io, 'stderr'>, style: Style) {
    this.#io = io;
    this.#style = style;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  async introduce(isCutover: boolean, running: Readonly<Record<string, string>>): Promise<void> {
    const urls = Object.entries(running).map(([name, url]) => `${name} ${url}`);
    await this.#say('', introductions[isCutover ? 'cutover' : 'overlap']);
    await this.#say('  ', `Running: ${urls.join(', ')}.`);
  }

  /** A command that begins. */
  command(line: string): Promise<void> {
    const { command } = themeOf(this.#style.color);
    return this.#say('\n$ ', line, command);
  }

  /** What a command says meanwhile; the same thing once. */
  async note(line: string): Promise<void> {
    const text = line.replace(/^jwtcheck: /, '').replace(/; checking again in .*$/s, '');
    const kind = text.replace(/ \([^()]*\)$/, '');
    if (kind === this.#lastNote) return;
    this.#lastNote = kind;
    await this.#say('  ', text, themeOf(this.#style.color).faint);
  }

  /** A command that has ended, in this state. */
  async entered(state: string, message: string, counts: Counts): Promise<void> {
    const atMs = this.elapsedMs;
    this.moments.push({ state, atMs });
    this.#lastNote = '';
    const { strong } = themeOf(this.#style.color);
    await this.#say('  ', `${Math.round(atMs / 1000)} s, ${state}: ${message}`, strong);
    await this.#say('  ', `${countText(counts)} so far`);
  }

  async #say(first: string, text: string, style = (line: string) => line): Promise<void> {
    if (this.#style.quiet) return;
    const [, breaks = '', indent = ''] = /^(\n*)(.*)$/.exec(first) ?? [];
    const lines = wrapWithIndent(indent, text, this.#style.columns).map(style);
    await this.#io.stderr.write(`${breaks}${lines.join('\n')}\n`);
  }
}

const introductions = {
  overlap:
    'demo --rotate: the key is replaced while users present tokens all the time. Two issuers and a verifier with two replicas each follow the aliases of an embedded Secret Manager.',
  cutover:
    'demo --rotate --cutover: the key is replaced in services that hold a single one and read it when they start, while users present tokens all the time.',
};

const countText = ({ presented, rejected, unanswered }: Counts): string =>
  `${count(presented)} valid tokens presented, ${count(rejected)} rejected${unanswered === 0 ? '' : `, ${count(unanswered)} without an answer`}`;

/** The result, for people. */
export function summaryOf(outcome: RotationOutcome, style: Style): string {
  const { tally, problem, isCutover } = outcome;
  const theme = themeOf(style.color);
  const status = statusOf(outcome);
  const head = wrapWithIndent(`${symbols[status]} `, headlineOf(outcome), style.columns);
  const lines = [
    ...head.map(theme.status[status]),
    ...(problem === null ? [] : wrapWithIndent('  ', problem, style.columns)),
    ...(isCutover ? windowLines(outcome) : []).flatMap((line) => wrapWithIndent('  ', line, style.columns)),
  ];
  if (style.quiet) return `${lines.join('\n')}\n`;
  return `\n${[...lines, ...shareLines(outcome, style), '', ...tableOf(tally, style)].join('\n')}\n`;
}

function statusOf(outcome: RotationOutcome): Status {
  if (outcome.tally.rejected > 0) return 'bad';
  const code = exitCodeOf(outcome);
  return code === 0 ? 'ok' : code === 1 ? 'bad' : 'unknown';
}

function headlineOf({ tally, isCutover }: RotationOutcome): string {
  const { presented, rejected, unanswered, window } = tally;
  const without = unanswered === 0 ? '' : `; ${count(unanswered)} had no answer`;
  const rate = `${count(rejected)} of ${count(presented)} valid tokens were rejected`;
  if (!isCutover || window === null) return `${rate}${without}`;
  return `Valid tokens were rejected for ${lengthOf(window)}: ${count(rejected)} of ${count(presented)} that were presented${without}`;
}

const lengthOf = ({ from, until }: Pick<RejectionWindow, 'from' | 'until'>): string =>
  formatLatency(until - from);

/** How long the tokens of each key were rejected, and what the command itself measured. */
function windowLines({ tally, measured }: RotationOutcome): string[] {
  return [
    ...tally.byVersion.map(({ name, presented, rejected, window }) =>
      window === null
        ? `Signed by version ${name}: none of ${count(presented)} was rejected.`
        : `Signed by version ${name}: rejected for ${lengthOf(window)}, ${count(rejected)} of ${count(presented)}.`,
    ),
    ...(measured === null
      ? []
      : [
          measured.durationMs === null
            ? `jwtcheck rotate presented ${count(measured.presented)} tokens of its own, and saw none rejected.`
            : `jwtcheck rotate measured ${formatLatency(measured.durationMs)} with tokens of its own: ${count(measured.rejected)} of ${count(measured.presented)}.`,
        ]),
    'Users whose tokens the old key signed have to sign in again. Services that hold several keys avoid all of this: jwtcheck demo --rotate.',
  ];
}

function shareLines(outcome: RotationOutcome, style: Style): string[] {
  const { tally, elapsedMs } = outcome;
  const shares = (groups: TallyResult['byTransport']): string =>
    groups.map(({ name, presented }) => `${names[name] ?? name} ${count(presented)}`).join(', ');
  return [
    `In ${Math.round(elapsedMs / 1000)} s, ${count(rateOf(outcome))} a second: ${shares(tally.byTransport)}.`,
    `Presented to ${shares(tally.byService)}; signed by ${shares(tally.byIssuer)}.`,
  ].flatMap((line) => wrapWithIndent('  ', line, style.columns));
}

const names: Readonly<Record<string, string>> = { http: 'HTTP', websocket: 'WebSocket' };

const columns: readonly Column[] = [
  { header: '  state' },
  { header: 'signed by' },
  { header: 'presented', alignRight: true },
  { header: 'rejected', alignRight: true },
];

function tableOf({ byState }: TallyResult, style: Style): string[] {
  const { faint, status } = themeOf(style.color);
  const rows = byState.map(({ name, version, presented, rejected }) => [
    { text: `  ${name}` },
    { text: `version ${version}` },
    { text: count(presented) },
    { text: count(rejected), style: rejected === 0 ? status.ok : status.bad },
  ]);
  const { header, lines } = layOut(columns, rows, style.columns, faint);
  return [header, ...lines];
}
