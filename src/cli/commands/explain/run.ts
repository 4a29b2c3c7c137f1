import { Chalk, type ChalkInstance } from 'chalk';
import { describeError } from '../../../config/describe-error.js';
import { UsageError } from '../../../errors.js';
import { type Family, families, type Rule } from '../../../judge/rule.js';
import type { ExitCode } from '../../../model.js';
import { sanitize, sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import { wrap, wrapWithIndent } from '../../../report/text/wrap.js';
import { suggest } from '../../../schema/suggest.js';
import type { Io } from '../../../system/io.js';

export { rules } from '../../../judge/rules/index.js';

export interface ExplainOptions {
  readonly code?: string | undefined;
  readonly color: boolean;
  /** Width of the terminal. */
  readonly columns: number;
}

/** Maximum line width: longer lines are hard to read. */
const widestText = 100;

/** Minimum width of titles beside the codes. With less, they are printed below. */
const roomForTitles = 30;

/** Prints a finding with an example and its fix, or without a code the list of all findings by family. */
export async function explain(options: ExplainOptions, rules: readonly Rule[], io: Io): Promise<ExitCode> {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const columns = Math.min(Math.max(options.columns || 80, 20), widestText);
  if (options.code === undefined) {
    await io.stdout.write(`${list(rules, chalk, columns).join('\n')}\n`);
    return 0;
  }
  const code = options.code.toLowerCase();
  const rule = rules.find((known) => known.code === code) ?? onlyOneHolding(code, rules);
  if (rule === undefined) {
    await io.stderr.write(describeError(unknown(options.code, rules)));
    return 2;
  }
  await io.stdout.write(`${page(rule, chalk, columns).join('\n')}\n`);
  return 0;
}

function severity(rule: Rule): string {
  return rule.severity === 'by-role' ? 'error; critical on an issuer' : rule.severity;
}

/** Paragraphs are wrapped. Indented lines are code or commands, and stay unchanged. */
function text(words: string, columns: number): string[] {
  return words
    .split('\n')
    .flatMap((line) =>
      /^\s/.test(line) ? [`  ${sanitize(line)}`] : wrapWithIndent('  ', sanitize(line), columns),
    );
}

function page(rule: Rule, chalk: ChalkInstance, columns: number): string[] {
  const section = (title: string, words: string): string[] => [
    '',
    chalk.bold(title),
    ...text(words, columns),
  ];
  return [
    chalk.bold(rule.code),
    ...wrap(rule.title, columns),
    '',
    ...wrapWithIndent('Family:   ', families[rule.family], columns),
    ...wrapWithIndent('Severity: ', severity(rule), columns),
    ...section('What it means', rule.explanation),
    ...section('Example', rule.example),
    ...section('What proves it', rule.proof),
    ...section('How to fix it', rule.remedy),
    ...(rule.incidents.length === 0 ? [] : section('Seen in', rule.incidents.join(', '))),
  ];
}

function list(rules: readonly Rule[], chalk: ChalkInstance, columns: number): string[] {
  const widest = rules.reduce((width, rule) => Math.max(width, rule.code.length), 0);
  const lines: string[] = [];
  const keys = Object.keys(families).filter((key): key is Family => key in families);
  for (const family of keys) {
    const members = rules.filter((rule) => rule.family === family);
    if (members.length === 0) continue;
    lines.push(chalk.bold(families[family]));
    for (const { code, title } of members) {
      if (columns - widest >= roomForTitles)
        lines.push(...wrapWithIndent(`  ${code.padEnd(widest)}  `, title, columns));
      else lines.push(`  ${code}`, ...wrapWithIndent('    ', title, columns));
    }
    lines.push('');
  }
  return [...lines, ...wrap('jwtcheck explain CODE describes a finding and its fix.', columns)];
}

/** The only rule whose code contains the text. */
function onlyOneHolding(part: string, rules: readonly Rule[]): Rule | undefined {
  const holding = part.length < 3 ? [] : rules.filter((rule) => rule.code.includes(part));
  return holding.length === 1 ? holding[0] : undefined;
}

/** Codes that contain the text, or else the one with the most similar spelling. */
function meant(code: string, rules: readonly Rule[]): string[] {
  const codes = rules.map((rule) => rule.code);
  const holding = code.length < 3 ? [] : codes.filter((known) => known.includes(code));
  if (holding.length > 0) return holding.slice(0, 3);
  const similar = suggest(code, codes);
  return similar === null ? [] : [similar];
}

function unknown(code: string, rules: readonly Rule[]): UsageError {
  const close = meant(code.toLowerCase(), rules);
  return new UsageError(
    `unknown finding ${JSON.stringify(sanitizeAndTruncate(code, 60))}`,
    close.length === 0 ? 'jwtcheck explain lists all findings.' : `Did you mean ${close.join(' or ')}?`,
  );
}
