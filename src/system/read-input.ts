import { createReadStream } from 'node:fs';
import { JwtcheckError, type UsageError } from '../errors.js';

/** A failure in words for the user. */
type Failure = (error: Error) => UsageError;

/**
 * Reads a stream to its end. Above `most` bytes, it stops once the excess is certain.
 * @throws JwtcheckError (ERR_INTERRUPTED) on a signal
 */
export function readStream(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  most: number,
  failure: Failure,
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
      if (size > most) done();
    });
    stream.once('end', done);
    stream.once('error', (error: Error) => settle(() => reject(failure(error))));
  });
}

/** The same of a file: `/dev/zero` has no end. */
export function readFileBytes(
  path: string,
  signal: AbortSignal,
  most: number,
  failure: Failure,
): Promise<Buffer> {
  return readStream(createReadStream(path, { end: most }), signal, most, failure);
}
