import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { JwtcheckError, UsageError } from '../errors.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Io } from '../io.js';
import type { ExitCode } from '../model.js';
import { Secret } from '../secret.js';
import { canHideInput, readHidden } from '../system/hidden-input.js';

/** The flags of `jwtcheck fingerprint`. */
export interface FingerprintFlags {
  readonly envVar?: string | undefined;
  readonly file?: string | undefined;
  /** Hex digits, 8 to 64. */
  readonly length: number;
}

/** No HMAC key is as long as this; whatever is, was meant for something else. */
const largest = 1024 * 1024;

/** Prints the fingerprint of a secret from standard input, a variable or a file; its bytes are taken as they are. */
export async function fingerprint(flags: FingerprintFlags, io: Io): Promise<ExitCode> {
  if (flags.envVar !== undefined && flags.file !== undefined) {
    throw new UsageError('--env-var and --file: give one of them');
  }
  const bytes = await read(flags, io);
  if (bytes.length === 0)
    throw new UsageError('the secret is empty', 'Check that what should print it does so.');
  if (bytes.length > largest) throw new UsageError('that is over 1 MiB: no secret is as long');
  if (bytes.at(-1) === 0x0a) {
    await io.stderr.write(
      'note: it ends with a newline, which counts as part of the secret; printf %s leaves it out, echo does not\n',
    );
  }
  await io.stdout.write(`${fingerprintOf(new Secret(bytes), flags.length)}\n`);
  return 0;
}

async function read({ envVar, file }: FingerprintFlags, io: Io): Promise<Buffer> {
  if (envVar !== undefined) {
    const value = io.env[envVar];
    if (value === undefined) throw new UsageError('--env-var: no variable of that name is set');
    return Buffer.from(value);
  }
  if (file !== undefined) {
    // As much of it as shows that it is too much: /dev/zero has no end.
    const stream = createReadStream(resolve(io.cwd, file), { end: largest });
    return received(stream, io.signal, (error) => {
      const reason = 'code' in error ? ` (${error.code})` : '';
      return new UsageError(`--file: cannot read ${file}${reason}`);
    });
  }
  if (canHideInput(io.stdin)) return readHidden(io, 'Secret (hidden; Enter ends it): ');
  return received(io.stdin, io.signal, () => new UsageError('standard input cannot be read'));
}

/** All that a stream has, or as much of it as shows that it is too much. */
function received(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  failure: (error: Error) => UsageError,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (end: () => void): void => {
      stream.pause();
      signal.removeEventListener('abort', interrupt);
      end();
    };
    const interrupt = (): void => settle(() => reject(new JwtcheckError('ERR_INTERRUPTED', 'interrupted')));
    const done = (): void => settle(() => resolve(Buffer.concat(chunks)));
    if (signal.aborted) return interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    stream.on('data', (chunk: Buffer | string) => {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size > largest) done();
    });
    stream.once('end', done);
    stream.once('error', (error: Error) => settle(() => reject(failure(error))));
  });
}
