/** Stable codes of the errors that jwtcheck raises itself; they never change once published. */
export type ErrorCode = 'ERR_USAGE' | 'ERR_CONFIG' | 'ERR_INTERRUPTED' | 'ERR_INTERNAL';

/**
 * An error that a person can act on: what was wrong and where in `message`, what to do in `hint`.
 * Its text never holds a secret, a token or an expanded variable.
 */
export class JwtcheckError extends Error {
  override readonly name: string = 'JwtcheckError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A wrong flag or argument: nothing was checked, exit code 2. */
export class UsageError extends JwtcheckError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('ERR_USAGE', message, hint === undefined ? {} : { hint });
  }
}

/** One thing wrong in a configuration. */
export interface ConfigProblem {
  /** Dotted path in the file, such as `environments.staging.participants.auth_service.source.url`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A configuration that cannot be used: every problem at once, exit code 2. */
export class ConfigError extends JwtcheckError {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  /** The file, or `null` where the configuration was given as an object. */
  readonly file: string | null;

  constructor(file: string | null, problems: readonly ConfigProblem[], hint?: string) {
    const lines = problems.map((p) => (p.path === '' ? p.message : `${p.path}: ${p.message}`));
    super('ERR_CONFIG', lines.join('\n'), hint === undefined ? {} : { hint });
    this.problems = problems;
    this.file = file;
  }
}
