/** Stable codes of the errors that jwtcheck raises. They never change once published. */
export type ErrorCode = 'ERR_USAGE' | 'ERR_CONFIG' | 'ERR_INTERRUPTED' | 'ERR_INTERNAL';

/**
 * An error that the user can fix: `message` says what is wrong and where, `hint` says what to do. Neither contains a
 * secret, a token or an expanded variable.
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

/** A wrong flag or argument. Nothing was checked; exit code 2. */
export class UsageError extends JwtcheckError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('ERR_USAGE', message, hint === undefined ? {} : { hint });
  }
}

/** One problem of a configuration. */
export interface ConfigProblem {
  /**
   * Dotted path in the file, such as `environments.staging.participants.auth_service.source.url`. Empty for the whole
   * file.
   */
  readonly path: string;
  readonly message: string;
}

/** A configuration that cannot be used, with all problems at once; exit code 2. */
export class ConfigError extends JwtcheckError {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  /** The file; `null` if the configuration was given as an object. */
  readonly file: string | null;

  constructor(file: string | null, problems: readonly ConfigProblem[], hint?: string) {
    const lines = problems.map((p) => (p.path === '' ? p.message : `${p.path}: ${p.message}`));
    super('ERR_CONFIG', lines.join('\n'), hint === undefined ? {} : { hint });
    this.problems = problems;
    this.file = file;
  }
}
