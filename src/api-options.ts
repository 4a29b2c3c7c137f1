import type { Config } from './config/schema.js';
import type { Report } from './model.js';
import type { DriftEvent } from './monitor/model.js';
import type { Conduct } from './session.js';

/** What to check, and how. */
export interface CheckOptions extends Conduct {
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
  /** Told whenever something was done; where it throws, `check` rejects with that. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** What to watch, whom to tell, and when to end. */
export interface WatchOptions extends Omit<CheckOptions, 'signal' | 'onProgress'> {
  /** Ends watching: `watch` then resolves, once what is still to be told was tried, in about three seconds at most. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the start of one check to the start of the next; default: `watch.interval` of the configuration. */
  readonly intervalMs?: number;
  /** Ends after so many checks; default: only `signal` ends it. */
  readonly cycles?: number;
  /**
   * Where metrics and the status page are served, such as `127.0.0.1:9464`; default `none`, whatever the configuration
   * says.
   */
  readonly listen?: string;
  /**
   * Told of every event, one after another. Where it throws or rejects it is told that event again, after a pause that
   * grows; what it was not notified of outlives a restart in the state file.
   */
  readonly onEvent?: (event: DriftEvent) => unknown;
  /** Told of every report. Where it throws or rejects, `watch` rejects with that. */
  readonly onReport?: (report: Report) => unknown;
  /** Told in one sentence of what somebody should know, such as a state file that cannot be written; what it throws is ignored. */
  readonly onWarning?: (text: string) => void;
}
