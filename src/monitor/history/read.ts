import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { codeOf } from '../../system/error-code.js';
import { rotatedNumbers } from './history-files.js';
import { parseRecord, peek } from './parse-record.js';
import type { HistoryRecord } from './record.js';

interface ReadHistoryOptions {
  /** Records from then on; default: all. */
  readonly since?: Date | undefined;
  /**
   * Events, rotations, and which participant holds which key, already from then on: an incident may have begun before,
   * and a key may be older; default: as `since`.
   */
  readonly eventsSince?: Date | undefined;
  /** Called for every line that is broken, or of a type that this version does not know. */
  readonly onSkipped?: (() => void) | undefined;
  /** Runs each access to the disk. It may reject for one that takes too long. Default: it waits. */
  readonly access?: Access | undefined;
}

type Access = <T>(work: () => Promise<T>) => Promise<T>;

/** The part of a line that contains its type and time; bytes. */
const peekBytes = 80;

/** The part of the end of a file that is searched for its last line; bytes. Without one in it, the file is read as a whole. */
const tailBytes = 256 * 1024;

/** An event may be written long after a check that is newer: a file is skipped only if it ends this much earlier; milliseconds. */
const slackMs = 3_600_000;

/** Events that are remembered to drop those that are there twice: a second one follows the first within minutes. */
const mostIds = 100_000;

/**
 * The records of a history, oldest first, as a stream; also while it is written and rotated by another process. An
 * event that is there twice, as it may be after a crash, comes once. A history that is not there has no records.
 */
export async function* readHistory(
  path: string,
  options: ReadHistoryOptions = {},
): AsyncGenerator<HistoryRecord, void, undefined> {
  const { since, eventsSince = since, onSkipped = () => {}, access = (work) => work() } = options;
  const from = { check: beginning(since), event: beginning(earlier(since, eventsSince)) };
  const ids = new Set<string>();
  const handles = await openAll(path, access);
  try {
    for (const handle of handles) {
      if (await access(() => endsBefore(handle, from.event))) continue;
      for await (const lines of linesOf(handle, access)) {
        for (const line of lines) {
          // A line that was torn is ended with a line break of its own, which may leave an empty one.
          if (line !== null && (line.length === 0 || isTooOld(line, from))) continue;
          const record = line === null ? null : parseRecord(line.toString('utf8'));
          if (record === null) onSkipped();
          else if (record.at >= beginningOf(record.type, from)) {
            if (record.type !== 'event' || isNew(record.event.id, ids)) yield record;
          }
        }
      }
    }
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

/** Instants are compared as text: what is written starts with the same digits. */
const beginning = (since: Date | undefined): string => since?.toISOString() ?? '';

const earlier = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || b === undefined || a < b ? a : b;

interface From {
  readonly check: string;
  readonly event: string;
}

function isTooOld(line: Buffer, from: From): boolean {
  if (from.check === '') return false;
  const seen = peek(line.toString('latin1', 0, peekBytes));
  return seen !== null && seen.at < beginningOf(seen.type, from);
}

const beginningOf = (type: string, from: From): string =>
  type === 'event' || type === 'keys' || type === 'rotation' ? from.event : from.check;

function isNew(id: string, ids: Set<string>): boolean {
  if (ids.has(id)) return false;
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > mostIds && oldest !== undefined) ids.delete(oldest);
  return true;
}

/**
 * All files, the oldest first. They are opened from the newest on, because rotation moves them the other way: each is
 * met, at the latest, where it was moved to, and one that is met twice is known by its inode.
 */
async function openAll(path: string, access: Access): Promise<FileHandle[]> {
  const place = await access(() => realpath(path).catch(() => path));
  const handles: FileHandle[] = [];
  const seen = new Set<string>();
  try {
    let last = 0;
    for (let number = 0; number <= last; number++) {
      const handle =
        number === 0 ? await openIfThere(path, access) : await openRotated(`${place}.${number}`, access);
      if (handle !== null) {
        handles.unshift(handle);
        const { dev, ino } = await handle.stat({ bigint: true });
        if (seen.has(`${dev} ${ino}`)) await handles.shift()?.close();
        seen.add(`${dev} ${ino}`);
      }
      // Only now: what is the oldest may have got the next number meanwhile.
      if (number === last) last = (await access(() => rotatedNumbers(place))).at(-1) ?? 0;
    }
    return handles;
  } catch (error) {
    await Promise.all(handles.map((handle) => handle.close()));
    throw error;
  }
}

/** What is no file, such as a folder or a named pipe, was not rotated; reading it might never end. */
async function openRotated(path: string, access: Access): Promise<FileHandle | null> {
  const isFile = await access(() =>
    stat(path).then(
      (stats) => stats.isFile(),
      (error: unknown) => !missing.has(codeOf(error) ?? ''),
    ),
  );
  return isFile ? openIfThere(path, access) : null;
}

const missing: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

async function openIfThere(path: string, access: Access): Promise<FileHandle | null> {
  let isGivenUp = false;
  const opened = async (): Promise<FileHandle | null> => {
    const handle = await open(path, 'r');
    if (!isGivenUp) return handle;
    await handle.close();
    return null;
  };
  try {
    return await access(opened);
  } catch (error) {
    isGivenUp = true;
    if (missing.has(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** Whether the last line of a file is far enough before that time; `false` if that is unknown. */
async function endsBefore(handle: FileHandle, since: string): Promise<boolean> {
  if (since === '') return false;
  const { size } = await handle.stat();
  const tail = Buffer.alloc(Math.min(size, tailBytes));
  const { bytesRead } = await handle.read(tail, 0, tail.length, size - tail.length);
  const lines = tail.toString('latin1', 0, bytesRead).split('\n');
  const whole = lines.slice(size > tail.length ? 1 : 0, -1);
  const last = peek(whole.at(-1)?.slice(0, peekBytes) ?? '');
  return last !== null && Date.parse(last.at) + slackMs < Date.parse(since);
}

const newline = 0x0a;

/** Bytes read at once. */
const chunkBytes = 256 * 1024;

/** Longer lines were not written by jwtcheck, and are skipped without being kept; bytes. */
const longestLine = 64 * 1024 * 1024;

/**
 * The lines of a file, without their line breaks, as many at once as a read gave; the last one may be torn. `null`
 * stands for a line that is too long. The bytes are only there until the next step.
 */
async function* linesOf(handle: FileHandle, access: Access): AsyncGenerator<readonly (Buffer | null)[]> {
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
    const { bytesRead } = await access(() => handle.read(chunk, 0, chunkBytes, null));
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
