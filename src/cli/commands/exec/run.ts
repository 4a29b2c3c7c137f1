import { emulatorsOf } from '../../../check/emulators.js';
import { type Failure, readReference } from '../../../check/read-reference.js';
import { planOf } from '../../../check/selection.js';
import type { TimeLimits } from '../../../check/time-limits.js';
import type { Loaded } from '../../../config/load.js';
import { JwtcheckError, UsageError } from '../../../errors.js';
import { sanitize } from '../../../report/text/sanitize.js';
import { quoted } from '../../../schema/path.js';
import { fingerprintOf } from '../../../secret/fingerprint.js';
import type { Io } from '../../../system/io.js';
import type { CheckFlags } from '../check/run.js';
import { checkTokens, envWithSecret, envWithTokens } from './child-env.js';
import { exitCodeOfChild, runChild } from './run-child.js';
import { type Target, type TargetFlags, targetOf } from './target.js';

export { readTokenFlags } from './token-flags.js';

/** The flags of `jwtcheck exec`, parsed. */
export interface ExecFlags extends TargetFlags, TimeLimits {
  /** Program and arguments. */
  readonly commandLine: readonly string[];
  /** A check before the command is started. */
  readonly check: CheckFlags | null;
  readonly quiet: boolean;
}

/**
 * Runs a command with the secret of the reference in the variable of a participant, or with tokens that it signed. Without the
 * secret, or where the check fails, the command is not started.
 * @param io its standard output is for the report of the check; the command has that of the process
 * @returns the exit code of the command, or 1 or 3 where it was not started
 */
export async function exec(flags: ExecFlags, io: Io): Promise<number> {
  const { tokens } = flags;
  const target = await targetOf(flags, io);
  const { loaded } = target;
  if (tokens !== null) checkTokens(tokens, target);
  if (flags.check === null) for (const warning of loaded.warnings) await say(io, `warning: ${warning}`);
  else {
    const code = await checkFirst(flags.check, target, io);
    if (code !== 0) {
      await say(io, 'the command was not started, because the check did not pass');
      return code;
    }
  }

  const result = await readReference(loaded, flags, io, 'in-use');
  throwIfInterrupted(io);
  if (result.is === 'failed') return notStarted(result, io);
  const { reference, reading } = result;
  const given =
    tokens === null
      ? await envWithSecret(target, result, io)
      : await envWithTokens(tokens, target, reading.secret, io);
  if (given.is === 'failed') return notStarted(given, io);

  await nameEmulators(loaded, io);
  if (!flags.quiet) {
    const version = reading.version === null ? '' : `version ${reading.version}, `;
    const fingerprint = fingerprintOf(reading.secret, loaded.settings.fingerprint.length);
    const unset = given.unset.length === 0 ? '' : `; unset: ${given.unset.join(', ')}`;
    await say(io, `${given.says} the secret of ${reference} (${version}fingerprint ${fingerprint})${unset}`);
  }
  throwIfInterrupted(io);
  const end = await runChild(flags.commandLine, given.env, io);
  if (end.is === 'not-started')
    // A variable in the wrong place puts the secret there.
    await say(io, `${quoted(loaded.scrub(flags.commandLine[0] ?? ''))} ${whyNotStarted(end.code)}`);
  return exitCodeOfChild(end);
}

/**
 * The check before the start. Participants that read the environment of the command are not checked: this process may lack their
 * variables, and the command is given the right ones.
 */
async function checkFirst(
  check: CheckFlags,
  { loaded, names, envParticipants, participant }: Target,
  io: Io,
): Promise<number> {
  const { reference } = loaded.settings.environments[loaded.environment] ?? {};
  const given = participant === null ? envParticipants.candidates : [participant];
  const named = check.only?.find((name) => given.includes(name));
  if (named !== undefined)
    throw new UsageError(
      `--only ${named}: this participant is not checked, since the command is given the right secret`,
      'Leave it out.',
    );
  const skip = [...new Set([...(check.skip ?? []), ...given])];
  const checked = names.filter((name) => name !== reference && !skip.includes(name));
  if (checked.length === 0 && check.expect === undefined)
    throw new UsageError(
      'there is nothing to check: the environment has no other participants',
      'Leave --check out.',
    );
  const { check: run } = await import('../check/run.js');
  const code = await run({ ...check, skip }, io);
  throwIfInterrupted(io);
  return code;
}

async function notStarted({ message, hint }: Failure, io: Io): Promise<number> {
  await say(io, `the command was not started: ${message}`);
  if (hint !== null) await io.stderr.write(`hint: ${sanitize(hint)}\n`);
  return 3;
}

function whyNotStarted(code: string | null): string {
  if (code === 'ENOENT') return 'does not exist, or is not in PATH; there is no shell';
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be run: permission denied';
  if (code === 'E2BIG')
    return 'cannot be run: its arguments or one of its variables are too long for the system';
  if (code === 'ERR_INVALID_ARG_VALUE')
    return 'cannot be run: the name is empty, or something has a NUL byte';
  return `cannot be run${code === null ? '' : ` (${code})`}`;
}

/** A secret of an emulator is not that of the environment: this is said even where everything else is quiet. */
async function nameEmulators(loaded: Loaded, io: Io): Promise<void> {
  const { settings, environment, label, leftOut } = loaded;
  const plan = planOf(settings, environment, { leftOut });
  const { reference } = settings.environments[environment] ?? {};
  const participants = plan.participants.filter(({ name }) => name === reference);
  const emulators = emulatorsOf({ participants, crossReferences: [] }, io.env, label);
  if (emulators.length > 0)
    await say(io, `Secret Manager is an emulator at ${emulators.join(', ')}: the secret is not a real one`);
}

const say = (io: Io, text: string): Promise<void> => io.stderr.write(`jwtcheck: ${sanitize(text)}\n`);

function throwIfInterrupted({ signal }: Io): void {
  if (signal.aborted) throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
}
