import { resolve } from 'node:path';
import { emulatorsOf } from '../../../check/emulators.js';
import { ConfigError, UsageError } from '../../../errors.js';
import { tokenVerdict } from '../../../judge/token-verdict.js';
import type { ExitCode } from '../../../model.js';
import { parseToken, pastedToken } from '../../../observe/tokens/compact-token.js';
import { whosePretty } from '../../../report/pretty/whose-text.js';
import type { Style } from '../../../report/reporter.js';
import { whoseJson } from '../../../report/whose-json.js';
import { Secret } from '../../../secret/secret.js';
import { variableIn } from '../../../system/environment.js';
import { codeOf } from '../../../system/error-code.js';
import { canHideInput, readHidden } from '../../../system/hidden-input.js';
import type { Io } from '../../../system/io.js';
import { readFileBytes, readStream } from '../../../system/read-input.js';
import { factsOf } from './facts.js';
import { type Known, type KnownFlags, knownFrom, knownWithout } from './known-secrets.js';

/** The flags of `jwtcheck whose`. */
export interface WhoseFlags extends KnownFlags {
  /** A variable with a secret to try. */
  readonly secretEnvVar?: string | undefined;
  /** A file with a secret to try, unchanged. */
  readonly secretFile?: string | undefined;
  readonly format: 'pretty' | 'json';
  readonly style: Style;
}

/** Maximum size of the input in bytes: a token with surrounding text. */
const largest = 64 * 1024;

/** Prints which secret signed the token on standard input, and whether it is valid. The token is not sent. */
export async function whose(flags: WhoseFlags, io: Io): Promise<ExitCode> {
  const given = await givenSecret(flags, io);
  const text = await readToken(io);
  const pasted = pastedToken(text);
  const parsed = parseToken(pasted);
  if (pasted === '') throw new UsageError('there is no token on standard input', usage);
  if (parsed.is === 'no-jwt')
    throw new UsageError(
      'standard input contains no JWT: three parts of base64url, separated by dots',
      usage,
    );
  const known = await knownSecrets(flags, given, io);
  const facts = await factsOf(parsed, new Secret(pasted), known, io);
  const verdict = tokenVerdict(facts);
  const emulators = emulatorsOf(known.plan, io.env, known.context.label);
  const shown =
    flags.format === 'json'
      ? whoseJson(facts, verdict, emulators)
      : whosePretty(facts, verdict, emulators, flags.style);
  await io.stdout.write(shown);
  return verdict.exitCode;
}

const usage = 'Send one token through a pipe: pbpaste | jwtcheck whose';

async function readToken(io: Io): Promise<string> {
  const bytes = canHideInput(io.stdin)
    ? await readHidden(io, 'Token (not displayed): ')
    : await readStream(io.stdin, io.signal, largest, () => new UsageError('standard input cannot be read'));
  if (bytes.length > largest) throw new UsageError('standard input is over 64 KiB: no token is that long');
  return bytes.toString('utf8');
}

async function givenSecret({ secretEnvVar, secretFile }: WhoseFlags, io: Io): Promise<Secret | null> {
  if (secretEnvVar !== undefined && secretFile !== undefined)
    throw new UsageError('--secret-env-var and --secret-file exclude each other: use one of them');
  if (secretEnvVar !== undefined) {
    const value = variableIn(io.env, secretEnvVar);
    if (value === undefined) throw new UsageError('--secret-env-var: this variable is not set');
    return new Secret(value);
  }
  if (secretFile === undefined) return null;
  const bytes = await readFileBytes(resolve(io.cwd, secretFile), io.signal, largest, (error) => {
    const code = codeOf(error);
    const reason = code === null ? '' : ` (${code})`;
    return new UsageError(`--secret-file: cannot read ${secretFile}${reason}`);
  });
  if (bytes.length > largest) throw new UsageError('--secret-file: over 64 KiB: no secret is that long');
  return new Secret(bytes);
}

/** Without a configuration, published secrets and the secret of a flag are still tried. */
async function knownSecrets(flags: WhoseFlags, given: Secret | null, io: Io): Promise<Known> {
  try {
    return await knownFrom(flags, given, io);
  } catch (error) {
    const isNamed = flags.config !== undefined || (io.env.JWTCHECK_CONFIG ?? '') !== '';
    if (!(error instanceof ConfigError) || error.file !== null || isNamed || flags.environment !== undefined)
      throw error;
    await io.stderr.write(
      given === null
        ? 'note: no configuration was found, so that only published secrets are tried\n'
        : 'note: no configuration was found, so that only the given secret and published ones are tried\n',
    );
    return knownWithout(given, io);
  }
}
