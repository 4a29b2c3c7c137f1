import type { Command, Help, Option } from 'commander';
import { exitCodes } from '../judge/exit-code.js';
import type { ExitCode } from '../model.js';
import { wrap, wrapWithIndent } from '../report/text/wrap.js';

/** Longer lines are hard to read, however wide the terminal is. */
const widest = 100;
/** Terms wider than this stand on a line of their own, with what they mean below. */
const widestTerm = 33;
/** Beside the terms, a meaning needs so much; with less it comes below. */
const roomForMeaning = 36;

/** A command line to copy, and what it does. */
export interface Example {
  readonly line: string;
  readonly description: string;
}

/** A command with what its help says beside the flags. */
export interface Documented extends Command {
  readonly examples: readonly Example[];
  readonly notes: readonly string[];
  readonly exits: readonly ExitCode[];
  readonly exitWords: Partial<Readonly<Record<ExitCode, string>>>;
  readonly byDefault: Documented | null;
}

/** A term and what it means. */
export interface Item {
  readonly term: string;
  readonly description: string;
}

/** A part of a page: the help prints it, and so does the manual. */
export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

/**
 * The help of a command: how to call it, examples first, then its flags by what they are for, and how it can end.
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

/** Arguments, commands, flags by group, and exit codes: whatever there is of them. */
export function sectionsOf(page: Documented, helper: Help): Section[] {
  const options = helper.groupItems(
    [...page.options],
    helper.visibleOptions(page),
    (option) => option.helpGroupHeading ?? 'Options:',
  );
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
      items: page.exits.map((code) => item(String(code), page.exitWords[code] ?? exitCodes[code])),
    },
  ].filter(({ items }) => items.length > 0);
}

const item = (term: string, description: string): Item => ({ term, description });

const itemOfCommand = (command: Command, helper: Help): Item =>
  item(helper.subcommandTerm(command).replace(' [options]', ''), helper.subcommandDescription(command));

/** Flags without a short form stand below the long form of the others. */
function itemOfOption(option: Option): Item {
  const term = option.short === undefined ? `    ${option.flags}` : option.flags;
  const byDefault: unknown = option.defaultValue;
  const suffix = typeof byDefault === 'string' ? ` (default ${byDefault})` : '';
  return item(term, `${option.description}${suffix}`);
}

/** Terms to the left, meanings to the right; on a narrow terminal below. A term is never broken: it is there to be copied. */
function listed(items: readonly Item[], width: number): string[] {
  const widths = items.map(({ term }) => term.length).filter((length) => length <= widestTerm);
  const longest = Math.max(0, ...widths);
  // One blank is enough after numbers, and keeps the exit codes on one line each.
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
