import type { Finding, Report } from '../../model.js';
import { bySeverity } from '../pretty/finding-blocks.js';
import type { Style } from '../reporter.js';
import { code, fenced, prose } from '../text/escape-markdown.js';
import { sanitize, sanitizeAndTruncate } from '../text/sanitize.js';
import { symbols } from '../text/theme.js';
import { everyFact, type Fact, informativeFacts } from '../view/evidence.js';
import { count } from '../view/fold.js';
import { stepsOf } from '../view/remedy.js';

const inFull = 20;
const oneLiners = 200;

const signs = { critical: symbols.bad, error: symbols.bad, warning: symbols.unknown, info: 'i' } as const;

function title({ severity, code: name, message }: Finding): string {
  return `**${signs[severity]} ${severity}** ${code(name)}: ${prose(message)}`;
}

/** Words as paragraphs; the commands between them in fenced blocks, to be copied. */
function remedy(finding: Finding): string[] {
  const lines: string[] = [];
  let commands: string[] = [];
  const flush = (): void => {
    if (commands.length > 0) lines.push('', ...fenced(commands, 'sh'), '');
    commands = [];
  };
  for (const step of stepsOf(finding)) {
    if ('command' in step) commands.push(sanitize(step.command));
    else {
      flush();
      lines.push('', prose(step.text));
    }
  }
  flush();
  return lines;
}

function evidence(facts: readonly Fact[]): string[] {
  if (facts.length === 0) return [];
  const lines = facts.map(
    ({ name, text }) => `- ${prose(name)}: ${code(sanitizeAndTruncate(text, 240), 240)}`,
  );
  return ['', '<details>', '<summary>Evidence</summary>', '', ...lines, '', '</details>'];
}

function block(finding: Finding, style: Style): string[] {
  return [
    title(finding),
    ...remedy(finding),
    ...evidence(style.verbose ? everyFact(finding) : informativeFacts(finding)),
  ].filter((line, index, all) => line !== '' || (all[index - 1] !== '' && index < all.length - 1));
}

/** Each finding with its remedy, worst first; of very many only what they say, and at last how many there are. */
export function findingBlocks(report: Report, style: Style): string[][] {
  const sorted = bySeverity(report.findings);
  if (sorted.length === 0) return [];
  const full = style.verbose ? sorted : sorted.slice(0, inFull);
  const listed = sorted.slice(full.length, full.length + oneLiners);
  const rest = sorted.length - full.length - listed.length;
  return [
    ['### Findings'],
    ...full.map((finding) => block(finding, style)),
    ...(listed.length === 0 ? [] : [listed.map((finding) => `- ${title(finding)}`)]),
    ...(rest === 0 ? [] : [[`and ${count(rest)} more.`]]),
    ['`jwtcheck explain CODE` says what a finding means.'],
  ];
}
