import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import type { ReadError } from '../../model.js';
import { Secret } from '../../secret/secret.js';
import { codeOf } from '../../system/error-code.js';
import { noAnswer, readInTime } from '../../system/slow-files.js';
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
        'Read this entry of a dotenv file instead of the whole file, like dotenv readers: without quotes, `export` and comments.',
      ),
    raw: z
      .boolean()
      .default(false)
      .describe('With `key`: read the raw bytes after `=`, including quotes and comments.'),
  })
  .describe('A file, unchanged, or one entry of a dotenv file.');

/** Maximum size of a file in bytes. No secret is larger. */
const largest = 64 * 1024;

/** Reads the exact bytes of a file, or of one entry of a dotenv file. */
export const file: Source<typeof schema> = {
  schema,
  isLocal: true,
  declared: { names: ['key'] },
  target: (source, context) => context.label(source.path),
  holder: ({ path, key }, { label }) => ({
    is: 'file',
    path: label(path),
    key: key === undefined ? null : label(key),
  }),
  names: ({ path, key }) => ({ path, variables: key === undefined ? [] : [key] }),
  yieldsSecret: () => true,
  async read(source, context) {
    const label = context.label(source.path);
    if (context.signal.aborted) return failed(tooLate(label));
    const path = resolve(context.folder, source.path);
    const content = await readInTime(() => contentOf(path, label), {
      place: dirname(path),
      ms: context.timeoutMs,
      signal: context.signal,
    });
    if (content === noAnswer) return failed(context.signal.aborted ? tooLate(label) : unanswered(label));
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
            ? 'The file starts with a byte order mark, which becomes part of the first name. Save it without one.'
            : 'Add the entry to the file, or correct `key`.',
      });
    }
    const provenance = source.key === undefined ? null : context.label(source.key);
    return { is: 'secret', secret: new Secret(value), version: null, provenance };
  },
};

async function contentOf(path: string, label: string): Promise<Buffer | ReadError> {
  try {
    // Without blocking: a named pipe without a writer would block everything.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      if (stat.isDirectory())
        return { code: 'not-found', message: `${label} is a folder`, hint: 'Name a file in this folder.' };
      if (!stat.isFile()) {
        return {
          code: 'not-found',
          message: `${label} is not a regular file`,
          hint: 'To read a pipe or a device, use the source `command`.',
        };
      }
      // Reads one byte more than allowed, because the size that the system reports may be wrong (0 in /proc).
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
        hint: 'Check that it is the right file.',
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
      hint: 'Give read permission to the user that runs jwtcheck.',
    };
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      code: 'not-found',
      message: `${label} does not exist`,
      hint: 'A relative path is resolved from the folder of the configuration file.',
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

function unanswered(label: string): ReadError {
  return {
    code: 'timeout',
    message: `${label} was not read in time: a disk does not answer`,
    hint: 'Check the disk or the network volume that it is on, and those of other files.',
  };
}
