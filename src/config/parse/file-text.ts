import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../../errors.js';
import { codeOf } from '../../system/error-code.js';
import { emptyFileHint } from './parse.js';

/** Maximum size of a configuration. Ten thousand participants take about three megabytes. */
const largest = 8 * 1024 * 1024;

/** A pipe, such as `<(…)`, has no location and can be read only once. */
export const isPipe = (file: string): boolean => /^\/(dev|proc)\//.test(file);

/** Reads a file: at most 8 MiB of UTF-8, without a byte order mark. */
export async function read(file: string, hint: string): Promise<string> {
  const fail = (message: string, what: string): ConfigError =>
    new ConfigError(file, [{ path: '', message }], what);
  const bytes = await bytesOf(file).catch((error: unknown) => {
    const code = codeOf(error) ?? 'unknown error';
    throw fail(reasons[code] ?? `cannot be read (${code})`, hint);
  });
  if (bytes.length > largest)
    throw fail(
      'is larger than 8 MiB',
      'Ten thousand participants take about 3 MiB: check that it is the right file.',
    );
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw fail('is UTF-16, not UTF-8', 'Save it as UTF-8.');
  const text = utf8(bytes);
  if (text === null || text.includes('\0'))
    throw fail('is not UTF-8 text', 'Check that it is the right file. A configuration is JSON or YAML.');
  if (text.trim() === '') throw fail('the file is empty', emptyFileHint);
  return text;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ETIMEDOUT: 'is a pipe that was not closed within 10 s',
  ELOOP: 'cannot be read: too many symbolic links',
  ENAMETOOLONG: 'does not exist: its name is too long',
  ERR_INVALID_ARG_VALUE: 'does not exist: its path contains a NUL character',
};

/** Timeout and polling interval of a pipe, in milliseconds. */
const waiting = { longest: 10_000, pause: 20 } as const;

/**
 * Reads one byte more than allowed at most, from a file or a pipe (`<(…)`). It is opened without blocking: a named
 * pipe without a writer would block the program, and even its end.
 */
async function bytesOf(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      if (codeOf(error) === 'ENXIO') return null;
      throw error;
    },
  );
  if (handle === null) return bytesOfSocket(file);
  try {
    const isRegular = (await handle.stat()).isFile();
    let until: number | null = null;
    const buffer = Buffer.allocUnsafe(largest + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = await readSome(handle, buffer, length);
      if (read !== null) length += read;
      // A named pipe without a writer is reported as ended before its first byte.
      const isOver = read === 0 && (isRegular || isPipe(file) || length > 0);
      if (isOver) break;
      if (read !== null && read > 0) continue;
      until ??= performance.now() + waiting.longest;
      if (performance.now() > until) throw Object.assign(new Error('late'), { code: 'ETIMEDOUT' });
      await sleep(waiting.pause);
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** The file descriptor in a path such as `/dev/fd/3`; standard input is 0. */
const ownFile = /^\/(?:dev\/(?:(stdin)|fd\/(\d{1,6}))|proc\/self\/fd\/(\d{1,6}))$/;

/**
 * Programs that start others, including Node, often provide a socket as standard input, which cannot be opened by
 * path.
 */
async function bytesOfSocket(file: string): Promise<Buffer> {
  const [, stdin, ...numbers] = ownFile.exec(file) ?? [];
  const number = stdin === undefined ? numbers.find((text) => text !== undefined) : '0';
  if (number === undefined) throw Object.assign(new Error('a socket'), { code: 'ENXIO' });
  const socket = new Socket({ fd: Number(number), readable: true, writable: false });
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })),
    waiting.longest,
  );
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of socket) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > largest) break;
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Number of bytes that were read; `null`: no data yet. */
async function readSome(handle: FileHandle, buffer: Buffer, from: number): Promise<number | null> {
  try {
    return (await handle.read(buffer, from, buffer.length - from, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return null;
    throw error;
  }
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
