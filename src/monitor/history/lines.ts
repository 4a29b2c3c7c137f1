import type { FileHandle } from 'node:fs/promises';

const newline = 0x0a;

/** Bytes read at once. */
const chunkBytes = 256 * 1024;

/** A longer line is none of ours: it is passed over without keeping it. */
export const longestLine = 64 * 1024 * 1024;

/**
 * The lines of a file, without their line breaks, as many at once as a read gave; the last one may be torn. `null`
 * stands for a line that is too long. The bytes are only there until the next step.
 */
export async function* linesOf(handle: FileHandle): AsyncGenerator<readonly (Buffer | null)[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const end = (rest: Buffer): Buffer | null => {
    const line =
      begunBytes > longestLine ? null : begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
    begun = [];
    begunBytes = 0;
    return line;
  };
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, null);
    if (bytesRead === 0) break;
    const lines: (Buffer | null)[] = [];
    let start = 0;
    for (let at = chunk.indexOf(newline); at !== -1 && at < bytesRead; at = chunk.indexOf(newline, start)) {
      lines.push(end(chunk.subarray(start, at)));
      start = at + 1;
    }
    if (start < bytesRead) {
      begunBytes += bytesRead - start;
      // A copy: the next read writes over it.
      if (begunBytes > longestLine) begun = [];
      else begun.push(Buffer.from(chunk.subarray(start, bytesRead)));
    }
    yield lines;
  }
  if (begunBytes > 0) yield [end(Buffer.alloc(0))];
}
