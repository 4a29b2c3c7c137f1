import type { Command, Help, Option } from 'commander';
import { exitCodes } from '../judge/exit-code.js';
import type { ExitCode } from '../model.js';
import { wrap, wrapWithIndent } from '../report/text/wrap.js';

/** Maximum line width: longer lines are hard to read. */
const widest = 100;
/** Maximum width of terms beside descriptions. Longer terms have the description below. */
const widestTerm = 33;
/** Minimum width of descriptions beside terms. With less, they are printed below. */
const roomForMeaning = 36;

/** A command line to copy, with a description. */
export interface Example {
  readonly line: string;
  readonly description: string;
}

/** A command with its additional documentation. */
export interface Documented extends Command {
  readonly examples: readonly Example[];
  readonly notes: readonly string[];
  readonly exits: readonly ExitCode[];
  readonly exitWords: Partial<Readonly<Record<ExitCode, string>>>;
  readonly byDefault: Documented | null;
}

/** A term with a description. */
export interface Item {
  readonly term: string;
  readonly description: string;
}

/** A section of the help and of the manual. */
export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

/**
 * The help of a command: usage, examples, flags by topic, and exit codes.
 * @param columns width of the terminal
 */
export function helpOf(page: Documented, helper: Help, columns: number): string {
  const width = Math.min(Math.max(columns, 20), widest);
  const { examples, notes } = page;
  const lines = [
    ...wrapWithIndent('Usage: ', helper.commandUsage(page), width),
    '',
    ...wrap(sentence(page.description()), width),
    '',
    ...(examples.length === 0 ? [] : ['Examples:', ...listed(examples.map(itemOfExample), width), '']),
    ...sectionsOf(page, helper).flatMap(({ title, items }) => [title, ...listed(items, width), '']),
    ...notes.flatMap((note) => [...wrap(note, width), '']),
  ];
  return `${lines.slice(0, -1).join('\n')}\n`;
}

const itemOfExample = ({ line, description }: Example): Item => ({ term: line, description });

/** Meanings of exit codes of a command that checks nothing. */
const plainWords: Partial<Readonly<Record<ExitCode, string>>> = {
  0: 'done',
  2: 'usage or configuration error',
};

/** The existing sections: arguments, commands, flags by topic, and exit codes. */
export function sectionsOf(page: Documented, helper: Help): Section[] {
  const options = helper.groupItems(
    [...page.options],
    helper.visibleOptions(page),
    (option) => option.helpGroupHeading ?? 'Options:',
  );
  const exitWords = { ...exitCodes, ...(page.exits.includes(1) ? {} : plainWords), ...page.exitWords };
  return [
    {
      title: 'Arguments:',
      items: helper.visibleArguments(page).map((one) => item(`[${one.name()}]`, one.description)),
    },
    {
      title: 'Commands:',
      items: helper.visibleCommands(page).map((command) => itemOfCommand(command, helper)),
    },
    ...[...options].map(([title, members]) => ({ title, items: members.map(itemOfOption) })),
    {
      title: 'Exit codes:',
      items: page.exits.map((code) => item(String(code), exitWords[code])),
    },
  ].filter(({ items }) => items.length > 0);
}

const item = (term: string, description: string): Item => ({ term, description });

const itemOfCommand = (command: Command, helper: Help): Item =>
  item(helper.subcommandTerm(command).replace(' [options]', ''), helper.subcommandDescription(command));

/** Indents flags without a short form to the position of long forms. */
function itemOfOption(option: Option): Item {
  const term = option.short === undefined ? `    ${option.flags}` : option.flags;
  const byDefault: unknown = option.defaultValue;
  const suffix = typeof byDefault === 'string' ? ` (default ${byDefault})` : '';
  return item(term, `${option.description}${suffix}`);
}

/**
 * Lists terms on the left and descriptions on the right, or below on a narrow terminal. A term is never wrapped, so
 * that it can be copied.
 */
function listed(items: readonly Item[], width: number): string[] {
  const widths = items.map(({ term }) => term.length).filter((length) => length <= widestTerm);
  const longest = Math.max(0, ...widths);
  // One space is enough after numbers, and keeps each exit code on one line.
  const gap = longest <= 3 ? 1 : 2;
  const column = 2 + longest + gap;
  const beside = width - column >= roomForMeaning;
  return items.flatMap(({ term, description }) => {
    if (description === '') return [`  ${term}`];
    if (beside && term.length <= longest)
      return wrapWithIndent(`  ${term}`.padEnd(column), description, width);
    return [
      `  ${beside ? term : term.trim()}`,
      ...wrapWithIndent(' '.repeat(beside ? column : 6), description, width),
    ];
  });
}

function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.?!]$/.test(whole) ? whole : `${whole}.`;
}
