import type { Config } from '../config/schema.js';
import type { Report } from '../model.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import type { RunOptions } from './session.js';

/** What to check, and how. */
export interface CheckOptions extends RunOptions {
  /** The configuration itself, or the path of one; default: found upward from `cwd`. */
  readonly config?: Config | string;
  /** Which of its environments; default: its `defaultEnvironment`, or the only one. */
  readonly environment?: string;
  /** Where a configuration is looked for, and relative paths start; default: the working directory. */
  readonly cwd?: string;
  /** Environment variables; default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The clock; default: the system's. */
  readonly now?: () => Date;
  /** Ends the check at once: it then rejects with `ERR_INTERRUPTED`. */
  readonly signal?: AbortSignal;
  /** Called after each step; if it throws, `check` rejects with that error. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** What to watch, who is notified, and when to end. */
export interface WatchOptions extends Omit<CheckOptions, 'signal' | 'onProgress'> {
  /** Ends watching: `watch` then sends what is still to be sent, and resolves within about three seconds. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the start of one check to the start of the next; default: `watch.interval` of the configuration. */
  readonly intervalMs?: number;
  /** Ends after this many checks; default: only `signal` ends it. */
  readonly cycles?: number;
  /**
   * Where metrics and the status page are served, such as `127.0.0.1:9464`; default `none`, whatever the configuration
   * says.
   */
  readonly listen?: string;
  /**
   * Called for every event, one after another. If it throws or rejects, it is called again with the same event, after a
   * pause that grows. Events that it did not accept are kept in the state file over a restart.
   */
  readonly onEvent?: (event: DriftEvent) => unknown;
  /** Called with every report. If it throws or rejects, `watch` rejects with that error. */
  readonly onReport?: (report: Report) => unknown;
  /** Called with a warning in one sentence, such as a state file that cannot be written; what it throws is ignored. */
  readonly onWarning?: (text: string) => void;
}
