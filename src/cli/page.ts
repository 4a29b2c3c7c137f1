import { Command } from 'commander';
import type { Io } from '../io.js';
import type { ExitCode } from '../model.js';

/** What a command needs to run: the process, and whom to tell how it ended. */
export interface Running {
  readonly io: Io;
  readonly ended: (code: ExitCode) => void;
}

/** A command line to copy, and what it does. */
export interface Example {
  readonly line: string;
  readonly says: string;
}

/** A command that teaches: the help and the manual page are made from what it holds. */
export class Page extends Command {
  /** The most useful first. */
  examples: readonly Example[] = [];
  /** What is worth knowing beside the flags: one paragraph each. */
  notes: readonly string[] = [];
  /** The exit codes that it can end with; none where its parent tells them. */
  exits: readonly ExitCode[] = [];

  override createCommand(name?: string): Page {
    return new Page(name);
  }

  teach(what: {
    examples?: readonly Example[];
    notes?: readonly string[];
    exits?: readonly ExitCode[];
  }): this {
    this.examples = what.examples ?? this.examples;
    this.notes = what.notes ?? this.notes;
    this.exits = what.exits ?? this.exits;
    return this;
  }
}
