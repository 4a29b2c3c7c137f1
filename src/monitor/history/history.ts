import { stat } from 'node:fs/promises';
import type { ReadError } from '../../model.js';
import type { Outcome } from '../../observe/network/network.js';
import { jsonLine } from '../../report/text/json-text.js';
import { codeOf } from '../../system/error-code.js';
import { openToAppend } from '../../system/files.js';
import type { Recipient } from '../delivery/recipient.js';
import { mayPass, type Purpose, reasonOf, resolvePath, unusable } from '../state/resolve-path.js';
import { rotate } from './history-files.js';
import { createKeyLog } from './key-log.js';
import { eventRecord, type HistoryRecord } from './record.js';
import { createRotationLog } from './rotation-log.js';

/** Where checks and events are kept. */
export interface History {
  /**
   * Adds a record, after those that were asked for before. It is there whole once this is `ok`. Never rejects. Of keys
   * and rotations, only what changed is added.
   */
  append(record: HistoryRecord): Promise<Outcome<null>>;
}

interface HistoryOptions {
  /** Bytes after which a new file is begun; default 32 MiB. */
  readonly maxBytes?: number | undefined;
  /** How many old files are kept beside the current one; default 5. */
  readonly files?: number | undefined;
  /** Called with one sentence that the operator should read, without a newline. */
  readonly warn: (text: string) => void;
  /** The path as it may be shown: what `Loaded.label` made of it. Default: the path. */
  readonly shown?: string | undefined;
}

const newline = 0x0a;

/** Bytes of records that may wait for a disk that does not answer. */
const mostWaiting = 16 * 1024 * 1024;

/**
 * Opens a history for adding to it: NDJSON, one write for each record, mode 0600. Its file is opened for every record,
 * so that it may be moved or removed at any time.
 * @throws UsageError where it can never be written
 */
export async function openHistory(path: string, options: HistoryOptions): Promise<History> {
  const { maxBytes = 32 * 1024 * 1024, files = 5, warn, shown = path } = options;
  const purpose: Purpose = { key: 'watch.history', shown };
  const place = await resolvePath(path, purpose);
  try {
    await add(place, '');
  } catch (error) {
    if (!mayPass(error)) throw unusable(purpose, error);
    warn(failure(shown, error).message);
  }
  let warned = false;
  const logs = { keys: createKeyLog(), rotation: createRotationLog() };
  const lost = (record: HistoryRecord): void => {
    for (const log of Object.values(logs)) log.lost(record);
  };
  /** What is new in it; `null`: nothing. */
  const newIn = (record: HistoryRecord): HistoryRecord | null => {
    if (record.type === 'keys') return logs.keys.changes(record);
    return record.type === 'rotation' ? logs.rotation.changes(record) : record;
  };
  /** @returns whether the file is empty */
  const makeRoom = async (needed: number): Promise<boolean> => {
    const size = await sizeOf(place);
    if (size === 0) return true;
    if (size + needed <= maxBytes) return false;
    try {
      await rotate(place, files);
      warned = false;
      return true;
    } catch (error) {
      // Too large a history is better than none.
      if (!warned) warn(`${shown} could not be rotated: ${reasonOf(error)}; it grows on`);
      warned = true;
      return false;
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  /** Bytes of the records that wait. */
  let waiting = 0;
  return {
    append(given) {
      const record = newIn(given);
      if (record === null) return Promise.resolve({ ok: true, value: null });
      const isLogged = record.type === 'keys' || record.type === 'rotation';
      const isRepeated = isLogged || record.type === 'check';
      const line = jsonLine(record);
      const bytes = Buffer.byteLength(line);
      // Events are kept in the state, too, and sent here again; a check is of no use later, and keys come again.
      if (isRepeated && waiting > 0 && waiting + bytes > mostWaiting) {
        lost(record);
        const message = `${shown} does not take anything: a check is not in the history`;
        return Promise.resolve({ ok: false, error: { code: 'too-large', message } });
      }
      waiting += bytes;
      const appended = last.then(async (): Promise<Outcome<null>> => {
        try {
          const isNew = await makeRoom(bytes);
          // A file that is read alone begins with the rotation and with who holds which key, this record included.
          const known = [...logs.rotation.all(), ...logs.keys.all()];
          if (isNew) await add(place, known.map(jsonLine).join(''));
          if (isNew && isLogged) return { ok: true, value: null };
          // Events are rare, and are not written a second time: they are on the disk before they count as sent.
          await add(place, line, !isRepeated);
          return { ok: true, value: null };
        } catch (error) {
          lost(record);
          return { ok: false, error: failure(shown, error) };
        } finally {
          waiting -= bytes;
        }
      });
      last = appended;
      return appended;
    },
  };
}

/** 0 for a file that is not there. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** Adds a line; a line that was torn before it is ended first, so that it swallows nothing. */
async function add(path: string, line: string, durably = false): Promise<void> {
  const handle = await openToAppend(path, 0o600);
  try {
    const { size } = await handle.stat();
    const end = Buffer.alloc(1, newline);
    if (size > 0) await handle.read(end, 0, 1, size - 1);
    const bytes = Buffer.from(end[0] === newline ? line : `\n${line}`);
    if (bytes.length === 0) return;
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) throw new ShortWrite();
    if (durably) await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** The system took a part of the line only, as it does when the disk gets full. */
class ShortWrite extends Error {
  readonly code = 'ENOSPC';
}

function failure(shown: string, error: unknown): ReadError {
  const code = codeOf(error);
  const refused = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return {
    code: refused ? 'permission-denied' : code === 'ENOSPC' || code === 'EDQUOT' ? 'too-large' : 'not-found',
    message: `${shown} could not be written: ${reasonOf(error)}`,
    hint: 'Make room on the disk, and let the user who runs jwtcheck write there.',
  };
}

/** The history as a recipient of every event. */
export function historyRecipient(history: Pick<History, 'append'>): Recipient {
  return {
    name: 'history',
    minimumLevel: 'INFO',
    send: (event) => history.append(eventRecord(event)),
  };
}
