import { describeError } from './config/describe-error.js';
import { JwtcheckError } from './errors.js';
import type { ExitCode } from './model.js';
import { guardEnvironment, lackOf } from './system/environment.js';
import type { Io } from './system/io.js';
import { interruption, processIo } from './system/process-io.js';
import { version } from './version.js';

/**
 * The program: arguments in, exit code out.
 * @returns an exit code, documented by `--help`
 */
export async function main(self: NodeJS.Process): Promise<number> {
  const args = self.argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    self.stdout.write(`${version}\n`);
    return 0;
  }
  if (isVerboseVersion(args)) {
    self.stdout.write(`jwtcheck ${version}\nNode ${self.version}\n${self.platform} ${self.arch}\n`);
    return 0;
  }
  const { io, interrupted, crashed, release } = processIo(self);
  try {
    return await Promise.race([
      run(args, io, self),
      interrupted,
      crashed.then((error) => explain(error, io)),
    ]);
  } finally {
    release();
  }
}

/** `--version -v` in either order, for bug reports. */
function isVerboseVersion(args: readonly string[]): boolean {
  const asks = (names: readonly string[]): boolean => args.some((arg) => names.includes(arg));
  return args.length === 2 && asks(['--version', '-V']) && asks(['-v', '--verbose']);
}

/** Runs one command. Every error ends here, as a line that says what to do. */
async function run(args: readonly string[], io: Io, self: NodeJS.Process): Promise<number> {
  try {
    for (const note of guardEnvironment(self)) await io.stderr.write(`jwtcheck: ${note}\n`);
    return await dispatch(args, io);
  } catch (error) {
    // An interruption makes other operations fail: their errors are not reported.
    if (io.signal.aborted) return interruption(io.signal);
    return await explain(error, io);
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const { runProgram } = await import('./cli/program.js');
  return runProgram(args, io);
}

async function explain(error: unknown, io: Io): Promise<ExitCode> {
  if (error instanceof JwtcheckError && error.code !== 'ERR_INTERNAL') {
    await io.stderr.write(describeError(error));
    return error.code === 'ERR_INTERRUPTED' ? 130 : 2;
  }
  const lacking = lackOf(error);
  if (lacking !== null) {
    await io.stderr.write(`jwtcheck: ${lacking}\n`);
    return 4;
  }
  // The message of an unexpected error may contain anything, even a secret. Only its location is printed.
  const name = error instanceof Error ? error.name : typeof error;
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((l) => /^\s+at /.test(l)) : [];
  await io.stderr.write(
    `jwtcheck: internal error (${name}): this is a bug in jwtcheck ${version}, please report it\n${frames.slice(0, 8).join('\n')}\n`,
  );
  return 4;
}
