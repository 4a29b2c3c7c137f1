import type { Command, Option } from 'commander';
import type { Io } from '../../system/io.js';
import { HelpCommand } from '../help-command.js';
import type { Candidate, Completion } from './values.js';
import { values } from './values.js';

/**
 * Finds the completion at the cursor, from the definitions of commands and flags.
 * @param words the words after the program's name; the last one is incomplete, and may be empty
 */
export async function complete(root: HelpCommand, words: readonly string[], io: Io): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const before = read(root, words.slice(0, -1));
  const { page, waiting, given } = before;
  const context = { io, config: given.get('config'), environment: given.get('environment') };
  const value = (name: string, text: string): Promise<Completion> =>
    values[name]?.(text, context) ?? Promise.resolve(nothing);

  if (waiting !== null) return starting(typed, await value(placeholder(waiting), typed));
  if (before.onlyArguments) return page.takesCommand ? { is: 'command' } : nothing;
  const [, flag = '', text] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
  if (text !== undefined) {
    const option = optionsOf(page).find((one) => one.long === flag && takesValue(one));
    if (option === undefined) return nothing;
    return starting(typed, prefixed(`${flag}=`, await value(placeholder(option), text)));
  }
  if (typed.startsWith('-')) return starting(typed, flagsOf(page, given));
  const argument = page.registeredArguments[before.positionals]?.name();
  const ofArgument = argument === undefined ? nothing : await value(argument, typed);
  if (ofArgument.is !== 'words') return ofArgument;
  const commands = before.positionals === 0 ? commandsOf(page) : [];
  return starting(typed, { is: 'words', candidates: [...commands, ...ofArgument.candidates] });
}

const nothing = { is: 'words', candidates: [] } as const;

interface Before {
  readonly page: HelpCommand;
  /** The flag whose value is expected. */
  readonly waiting: Option | null;
  /** Values of given flags by name; the last value counts. */
  readonly given: ReadonlyMap<string, string>;
  readonly positionals: number;
  readonly onlyArguments: boolean;
}

/** Parses the words before the cursor like the program. */
function read(root: HelpCommand, words: readonly string[]): Before {
  let page = root;
  let waiting: Option | null = null;
  let positionals = 0;
  const given = new Map<string, string>();
  for (const word of words) {
    if (waiting !== null) {
      given.set(waiting.attributeName(), word);
      waiting = null;
    } else if (word === 'help' && positionals === 0) continue;
    else if (word === '--') return { page, waiting, given, positionals, onlyArguments: true };
    else if (word.startsWith('-') && word !== '-') {
      const { name, value } = parts(word);
      const option = optionsOf(page).find((one) => one.long === name || one.short === name);
      if (option === undefined) continue;
      if (value !== null) given.set(option.attributeName(), value);
      else if (takesValue(option)) waiting = option;
      else given.set(option.attributeName(), '');
    } else {
      const next = positionals === 0 ? pageOf(page, word) : undefined;
      if (next === undefined) positionals += 1;
      else page = next;
    }
  }
  return { page, waiting, given, positionals, onlyArguments: false };
}

/** `--name=value`, `--name`, `-n` or `-nvalue`. */
function parts(word: string): { name: string; value: string | null } {
  const [, name = word, value = null] = /^(--[^=]*)=(.*)$/s.exec(word) ?? /^(-[^-])(.+)$/s.exec(word) ?? [];
  return { name, value };
}

const pageOf = (page: HelpCommand, name: string): HelpCommand | undefined =>
  page.commands
    .filter((command) => command instanceof HelpCommand)
    .find((command) => command.name() === name);

const takesValue = (option: Option): boolean => option.required || option.optional;

/** The placeholder in the brackets of a flag: the kind of its value. */
export function placeholder(option: Option): string {
  return /[<[](.+)[\]>]$/.exec(option.flags)?.[1] ?? '';
}

/** The flags of a command; without a command, also those of the default one. */
function optionsOf(page: HelpCommand): Option[] {
  const more = page.byDefault === null ? [] : optionsOf(page.byDefault);
  const own = page.createHelp().visibleOptions(page);
  return [...own, ...more.filter((option) => own.every(({ long }) => long !== option.long))];
}

/** Flags that can still be given, including repeatable ones. */
function flagsOf(page: HelpCommand, given: ReadonlyMap<string, string>): Completion {
  const left = optionsOf(page).filter(
    (option) => option.parseArg !== undefined || !given.has(option.attributeName()),
  );
  return {
    is: 'words',
    candidates: left.map((option) => ({
      value: option.long ?? option.flags,
      description: option.description,
    })),
  };
}

const commandsOf = (page: HelpCommand): Candidate[] =>
  page
    .createHelp()
    .visibleCommands(page)
    .map((command: Command) => ({ value: command.name(), description: command.description() }));

function prefixed(prefix: string, completion: Completion): Completion {
  if (completion.is === 'files') return { is: 'files', prefix: `${prefix}${completion.prefix}` };
  if (completion.is === 'command') return completion;
  return {
    is: 'words',
    candidates: completion.candidates.map((one) => ({ ...one, value: `${prefix}${one.value}` })),
  };
}

function starting(typed: string, completion: Completion): Completion {
  if (completion.is !== 'words') return completion;
  return { is: 'words', candidates: completion.candidates.filter(({ value }) => value.startsWith(typed)) };
}
