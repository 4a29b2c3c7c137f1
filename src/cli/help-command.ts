import { Command } from 'commander';
import type { ExitCode } from '../model.js';
import type { Io } from '../system/io.js';
import { type Documented, type Example, helpOf } from './help.js';

export type { Example };

/** Exit codes of a command that runs a check. */
export const allExits = [0, 1, 2, 3, 4, 130, 143] as const satisfies readonly ExitCode[];

/** Exit codes of a command that only reads local data and prints it. */
export const plainExits = [0, 2, 4, 130] as const satisfies readonly ExitCode[];

/** The context of a command: the process, and a way to set the exit code. */
export interface CommandContext {
  readonly io: Io;
  /** One of `ExitCode`, or that of a program that was run for the user. */
  readonly setExitCode: (code: number) => void;
}

/** A command that documents itself: its help, its manual page and its completion are generated from its definition. */
export class HelpCommand extends Command implements Documented {
  /** The most useful example first. */
  examples: readonly Example[] = [];
  /** Additional notes, one paragraph each. */
  notes: readonly string[] = [];
  /** The possible exit codes. */
  exits: readonly ExitCode[] = [];
  /** Meanings of exit codes that differ from those of a check. */
  exitWords: Partial<Readonly<Record<ExitCode, string>>> = {};
  /** The default command, whose flags are accepted here as well. */
  byDefault: HelpCommand | null = null;
  /** Whether a command of the user stands after `--`. */
  takesCommand = false;

  override createCommand(name?: string): HelpCommand {
    return new HelpCommand(name);
  }

  override helpInformation(): string {
    const { getOutHelpWidth } = this.configureOutput();
    return helpOf(this, this.createHelp(), getOutHelpWidth?.() ?? 80);
  }

  /** Adds documentation beyond the definitions of flags. */
  describe(what: {
    readonly examples?: readonly Example[];
    readonly notes?: readonly string[];
    readonly exits?: readonly ExitCode[];
    readonly exitWords?: Partial<Readonly<Record<ExitCode, string>>>;
  }): this {
    this.examples = what.examples ?? this.examples;
    this.notes = what.notes ?? this.notes;
    this.exits = what.exits ?? this.exits;
    this.exitWords = what.exitWords ?? this.exitWords;
    return this;
  }
}
