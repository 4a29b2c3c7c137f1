/** The process as an argument: no other code in the program uses `process`. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The environment as it was at the start, for a program that the user runs: `env` lacks variables that print secrets. */
  readonly inheritedEnv: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream & {
    readonly isTTY?: boolean;
    /** Only on a terminal: every key is read at once, and none is shown. */
    setRawMode?(raw: boolean): unknown;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => Date;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  /** The time for cleanup after an interruption; default 1500 ms. */
  readonly grace: (ms: number) => void;
  /**
   * Calls back once if standard output cannot be written, instead of ending the program; later output is lost. For
   * commands that have more to do than to write there.
   */
  readonly onUnwritten: (listener: (error: Error) => void) => void;
  /** Calls back on every SIGHUP, which then does not end the process. @returns a function that removes the listener */
  readonly onHangUp: (listener: () => void) => () => void;
  /** Calls back on every signal that could end the process, which then continues. @returns a function that ends this */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

/**
 * The syntax of a text besides plain words: none; CI commands at line starts; or cursor control of a terminal. All
 * other control sequences are shown as escape sequences.
 */
export type Holds = 'text' | 'workflow-commands' | 'terminal-control';

export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Resolves once the text was written; a reader that closed the pipe is no error. */
  write(text: string, holds?: Holds): Promise<void>;
}
