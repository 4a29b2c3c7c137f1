import { resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { fingerprintOf } from '../../../secret/fingerprint.js';
import { Secret } from '../../../secret/secret.js';
import { variableIn } from '../../../system/environment.js';
import { codeOf } from '../../../system/error-code.js';
import { canHideInput, readHidden } from '../../../system/hidden-input.js';
import type { Io } from '../../../system/io.js';
import { readFileBytes, readStream } from '../../../system/read-input.js';

/** The flags of `jwtcheck fingerprint`. */
export interface FingerprintFlags {
  readonly envVar?: string | undefined;
  readonly file?: string | undefined;
  /** Hex digits, 8 to 64. */
  readonly length: number;
}

/** Maximum size of the input. No HMAC key is as long. */
const largest = 1024 * 1024;

/** Prints the fingerprint of a secret from standard input, a variable or a file. Its bytes are used unchanged. */
export async function fingerprint(flags: FingerprintFlags, io: Io): Promise<ExitCode> {
  if (flags.envVar !== undefined && flags.file !== undefined) {
    throw new UsageError('--env-var and --file exclude each other: use one of them');
  }
  const bytes = await read(flags, io);
  if (bytes.length === 0)
    throw new UsageError('the secret is empty', 'Check the command or file that provides it.');
  if (bytes.length > largest) throw new UsageError('the input is over 1 MiB: no secret is that long');
  if (bytes.at(-1) === 0x0a) {
    await io.stderr.write(
      'note: it ends with a newline, which counts as part of the secret; printf %s omits it, echo does not\n',
    );
  }
  await io.stdout.write(`${fingerprintOf(new Secret(bytes), flags.length)}\n`);
  return 0;
}

async function read({ envVar, file }: FingerprintFlags, io: Io): Promise<Buffer> {
  if (envVar !== undefined) {
    const value = variableIn(io.env, envVar);
    if (value === undefined) throw new UsageError('--env-var: this variable is not set');
    return Buffer.from(value);
  }
  if (file !== undefined) {
    return readFileBytes(resolve(io.cwd, file), io.signal, largest, (error) => {
      const code = codeOf(error);
      const reason = code === null ? '' : ` (${code})`;
      return new UsageError(`--file: cannot read ${file}${reason}`);
    });
  }
  if (canHideInput(io.stdin)) return readHidden(io, 'Secret (hidden; Enter ends it): ');
  return readStream(io.stdin, io.signal, largest, () => new UsageError('standard input cannot be read'));
}
