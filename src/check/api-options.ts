import type { Config } from '../config/schema.js';
import type { Report } from '../model.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import type { RunOptions } from './session.js';

/** Options of `check()`. */
export interface CheckOptions extends Omit<RunOptions, 'part' | 'isJudgedLater'> {
  /** The configuration, or the path of a configuration file. Default: the nearest one, searched upward from `cwd`. */
  readonly config?: Config | string;
  /** The environment to check. Default: `defaultEnvironment`, or the only environment of the configuration. */
  readonly environment?: string;
  /**
   * The folder from which the configuration is searched and relative paths are resolved. Default: the working
   * directory.
   */
  readonly cwd?: string;
  /** Environment variables. Default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The clock. Default: the system clock. */
  readonly now?: () => Date;
  /** Cancels the check: `check` then rejects with `ERR_INTERRUPTED`. */
  readonly signal?: AbortSignal;
  /** Called after each step. If it throws, `check` rejects with that error. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** Options of `watch()`. */
export interface WatchOptions extends Omit<CheckOptions, 'signal' | 'onProgress'> {
  /** Stops watching: `watch` sends pending notifications and resolves within about three seconds. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds from the start of one check to the start of the next. Default: `watch.interval` of the
   * configuration.
   */
  readonly intervalMs?: number;
  /** Stops after this many checks. Default: only `signal` stops it. */
  readonly cycles?: number;
  /**
   * Address for the metrics and the status page, such as `127.0.0.1:9464`. Default: `none`, regardless of the
   * configuration.
   */
  readonly listen?: string;
  /**
   * Called for every event, one at a time. If it throws or rejects, it is called again with the same event after an
   * increasing delay. Events that it did not accept are kept in the state file across restarts.
   */
  readonly onEvent?: (event: DriftEvent) => unknown;
  /** Called with every report. If it throws or rejects, `watch` rejects with that error. */
  readonly onReport?: (report: Report) => unknown;
  /**
   * Called with a warning of one sentence, for example about a state file that cannot be written. Its errors are
   * ignored.
   */
  readonly onWarning?: (text: string) => void;
}
