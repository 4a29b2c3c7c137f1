import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { ReadError } from '../../model.js';
import { Secret } from '../../secret/secret.js';
import { codeOf } from '../../system/error-code.js';
import { entryOf, rawEntryOf } from './dotenv.js';
import { failed, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('file'),
    path: z.string().min(1).describe('Path, relative to the configuration file.'),
    key: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Take this entry of a dotenv file instead of the whole file, as dotenv readers do: quotes, `export` and comments are taken off.',
      ),
    raw: z
      .boolean()
      .default(false)
      .describe('With `key`: take the bytes after `=` as they are, with quotes and comments.'),
  })
  .describe('A file as is, or one entry of a dotenv file.');

/** No secret is larger; bytes. */
const largest = 64 * 1024;

/** A file's exact bytes, or those of one entry of a dotenv file. */
export const file: Source<typeof schema> = {
  schema,
  declared: { names: ['key'] },
  target: (source, context) => context.label(source.path),
  holder: ({ path, key }, { label }) => ({
    is: 'file',
    path: label(path),
    key: key === undefined ? null : label(key),
  }),
  yieldsSecret: () => true,
  async read(source, context) {
    const label = context.label(source.path);
    if (context.signal.aborted) return failed(tooLate(label));
    const content = await contentOf(resolve(context.folder, source.path), label);
    if (!Buffer.isBuffer(content)) return failed(content);
    if (context.signal.aborted) return failed(tooLate(label));
    const readEntry = source.raw ? rawEntryOf : entryOf;
    const value = source.key === undefined ? content : readEntry(content, source.key);
    if (value === null) {
      return failed({
        code: 'unset',
        message: `${label} has no entry ${context.label(source.key ?? '')}`,
        hint:
          source.raw && startsWithMark(content)
            ? 'The file begins with a byte-order mark, which becomes a part of its first name: save it without.'
            : 'Add the entry to the file, or correct `key`.',
      });
    }
    const provenance = source.key === undefined ? null : context.label(source.key);
    return { is: 'secret', secret: new Secret(value), version: null, provenance };
  },
};

async function contentOf(path: string, label: string): Promise<Buffer | ReadError> {
  try {
    // Without waiting: a named pipe that nobody writes to would hold up everything.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      if (stat.isDirectory())
        return { code: 'not-found', message: `${label} is a folder`, hint: 'Name a file in it.' };
      if (!stat.isFile()) {
        return {
          code: 'not-found',
          message: `${label} is not a regular file`,
          hint: 'To read a pipe or a device, use the source `command`.',
        };
      }
      // One byte more than allowed tells; the size that the system states may be wrong (0 in /proc).
      const buffer = Buffer.alloc(largest + 1);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
        if (bytesRead === 0) return Buffer.from(buffer.subarray(0, length));
        length += bytesRead;
      }
      return {
        code: 'too-large',
        message: `${label} is larger than 64 KiB`,
        hint: 'Is that the right file?',
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return unreadable(codeOf(error), label);
  }
}

function unreadable(code: unknown, label: string): ReadError {
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      code: 'permission-denied',
      message: `${label} may not be read`,
      hint: 'Give read permission to the user who runs jwtcheck.',
    };
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      code: 'not-found',
      message: `${label} does not exist`,
      hint: 'A relative path starts from the folder of the configuration file.',
    };
  }
  const why = typeof code === 'string' ? ` (${code})` : '';
  return { code: 'not-found', message: `${label} cannot be read${why}`, hint: 'Check `path`.' };
}

function startsWithMark(content: Buffer): boolean {
  return content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
}

function tooLate(label: string): ReadError {
  return {
    code: 'timeout',
    message: `${label} was not read before the time for the whole check was up`,
    hint: 'Raise `deadline` if the whole check may take longer.',
  };
}
