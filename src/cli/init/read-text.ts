import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Maximum size of a file that people write, in bytes. */
export const largestFile = 512 * 1024;

/** The text of a regular file of at most 512 KiB; `null` for other or unreadable files. */
export async function readText(path: string): Promise<string | null> {
  try {
    // Without blocking: a named pipe without a writer would block everything.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > largestFile) return null;
      const buffer = Buffer.alloc(largestFile);
      const { bytesRead } = await handle.read(buffer, 0, largestFile, 0);
      return buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
