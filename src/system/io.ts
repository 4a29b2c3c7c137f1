/** The process as an argument: nothing else in the program reaches for `process`. */
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
  /** How long this command may tidy up after an interruption; default 1500 ms. */
  readonly grace: (ms: number) => void;
  /**
   * Where standard output cannot be written, calls back once instead of ending the program; what is written there later
   * is lost. For whoever has more to do than to write there.
   */
  readonly onUnwritten: (listener: (error: Error) => void) => void;
  /** Calls back on every SIGHUP, which then does not end the process. @returns a function that ends this */
  readonly onHangUp: (listener: () => void) => () => void;
  /** Calls back on every signal that could end the process, which then continues. @returns a function that ends this */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

/**
 * What a text is beside words for people: nothing; commands to a CI at the beginnings of lines; or what moves the cursor of
 * a terminal. Whatever else is in it is shown as an escape sequence.
 */
export type Holds = 'text' | 'workflow-commands' | 'terminal-control';

export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Resolves once the text left; a reader that closed the pipe is no error. */
  write(text: string, holds?: Holds): Promise<void>;
}
