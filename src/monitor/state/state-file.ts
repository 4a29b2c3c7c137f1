import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import * as z from 'zod';
import { JwtcheckError, UsageError } from '../../errors.js';
import { parseJson } from '../../schema/read-json.js';
import { codeOf } from '../../system/error-code.js';
import { fileAt, quarantine, removeLeftOvers, replaceFile } from '../../system/files.js';
import type { MonitorState } from '../monitor-model.js';
import { appendChanges, changesBetween, contentOf, removeJournal, treeOf, withJournal } from './journal.js';
import { mayPass, type Purpose, reasonOf, resolvePath, unusable } from './resolve-path.js';
import { anyVersion, monitorState } from './state-schema.js';

/** The state that the monitor keeps from one start to the next. */
export interface StateFile {
  /** As saved by the last run; empty on the first. */
  readonly state: MonitorState;
  /** The path, safe to display. */
  readonly shown: string;
  /**
   * Resolves once this state, or a later one, is on the disk. Rejects with a `JwtcheckError` that gives the reason:
   * warn, but continue, because the next save tries again. If the disk does not answer, it stays pending.
   */
  save(state: MonitorState): Promise<void>;
}

export interface StateFileOptions {
  readonly now: () => Date;
  /** Called with one sentence that the operator should read, without a newline. */
  readonly warn: (text: string) => void;
  /** The display form of the path: the result of `Loaded.label`. Default: the path. */
  readonly shown?: string | undefined;
  /** Smaller states are written as a whole at every change; default 64 KiB. */
  readonly journalFrom?: number | undefined;
}

const defaultJournalFrom = 64 * 1024;

export const emptyState: MonitorState = { schemaVersion: 1, environments: {}, unsent: [], open: [] };

/**
 * The state in a file, including the changes that were appended since it was written as a whole.
 * @throws Error if the file holds no state
 */
export async function readStateFile(path: string): Promise<MonitorState> {
  const read = await readState(await readFile(path), path);
  if (read.is !== 'state') throw new Error(read.why);
  return read.state;
}

/** Ten thousand participants in forty environments stay far below; more is another file. */
const largest = 256 * 1024 * 1024;

/**
 * Opens the state file, and verifies that it can be written. A file that is no valid state is set aside, never deleted,
 * and the monitor starts with an empty state.
 * @throws UsageError if it can never be written
 */
export async function openStateFile(path: string, options: StateFileOptions): Promise<StateFile> {
  const { now, warn, shown = path, journalFrom = defaultJournalFrom } = options;
  const purpose: Purpose = { key: 'watch.state', shown };
  const place = await resolvePath(path, purpose);
  await removeLeftOvers(place, now());
  const state = await stateAt(place, purpose, { now, warn });
  let file: string | null = null;
  let written: Written | null = null;
  try {
    written = wholeOf(state, journalFrom);
    file = await replaceFile(place, written.text);
    await removeJournal(place);
  } catch (error) {
    if (!mayPass(error)) throw unusable(purpose, error);
    warn(unsaved(shown, error).message);
  }
  return { state, shown, save: saver(place, { shown, first: state, written, file, journalFrom, warn }) };
}

/** A state as last written as a whole, and the changes since. */
interface Written {
  readonly text: string;
  /** Its identifier in the journal; `null` if it is too small to have one. */
  readonly id: string | null;
  readonly tree: unknown;
  readonly added: number;
}

function wholeOf(state: MonitorState, journalFrom: number): Written {
  const plain = `${JSON.stringify(state)}\n`;
  const tree = treeOf(state);
  if (plain.length < journalFrom) return { text: plain, id: null, tree, added: 0 };
  const id = randomUUID();
  return { text: `${JSON.stringify({ ...state, journal: id })}\n`, id, tree, added: 0 };
}

interface Saving extends Pick<StateFileOptions, 'warn'> {
  readonly shown: string;
  readonly first: MonitorState;
  /** `null` if the write failed. */
  readonly written: Written | null;
  /** The file as last written. */
  readonly file: string | null;
  readonly journalFrom: number;
}

/** Never two writes at once: requests during a write are combined into one after it. */
function saver(path: string, saving: Saving): StateFile['save'] {
  const { shown, journalFrom, warn } = saving;
  let newest = saving.first;
  let ours = saving.file;
  let written = saving.written;
  let warned = false;
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const isOursStill = async (): Promise<boolean> => {
    const there = await fileAt(path);
    const isForeign = ours !== null && there !== null && there !== ours;
    if (isForeign && !warned) {
      warned = true;
      warn(
        `another process writes ${shown}: two monitors forget each other's incidents; give each its own watch.state`,
      );
    }
    return there !== null && !isForeign;
  };
  const write = async (): Promise<void> => {
    waiting = null;
    const state = newest;
    try {
      const isOurs = await isOursStill();
      const before = written;
      // Until a write succeeded, the content of the file is unknown.
      written = null;
      if (isOurs && before !== null && before.id !== null && before.added < before.text.length) {
        const tree = treeOf(state);
        const changes = changesBetween(before.tree, tree);
        const bytes = changes.length === 0 ? 0 : await appendChanges(path, before.id, changes);
        written = { ...before, tree, added: before.added + bytes };
        return;
      }
      const whole = wholeOf(state, journalFrom);
      ours = await replaceFile(path, whole.text);
      if (before?.id !== null) await removeJournal(path);
      written = whole;
    } catch (error) {
      throw unsaved(shown, error);
    }
  };
  return (state) => {
    newest = state;
    if (waiting === null) {
      waiting = last.catch(() => {}).then(write);
      last = waiting;
    }
    return waiting;
  };
}

function unsaved(shown: string, error: unknown): JwtcheckError {
  return new JwtcheckError('ERR_USAGE', `the state could not be saved to ${shown}: ${reasonOf(error)}`, {
    hint: 'Until it can, a restart may report an incident again, or miss one.',
  });
}

async function stateAt(
  place: string,
  purpose: Purpose,
  { now, warn }: Pick<StateFileOptions, 'now' | 'warn'>,
): Promise<MonitorState> {
  const content = await bytesOf(place, purpose);
  if (content === null) return emptyState;
  const read = await readState(content, place);
  if (read.is === 'state') return read.state;
  try {
    const ending = await quarantine(place, now());
    warn(
      `${purpose.shown} ${read.why}: set aside as ${purpose.shown}${ending}, and started without state; an open incident may be reported again`,
    );
  } catch (error) {
    throw unusable(purpose, error);
  }
  return emptyState;
}

/** `null`: the file does not exist. */
async function bytesOf(place: string, { key, shown }: Purpose): Promise<Buffer | 'too large' | null> {
  try {
    const handle = await open(place, 'r');
    try {
      if ((await handle.stat()).size > largest) return 'too large';
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new UsageError(
      `${key}: cannot read ${shown}: ${reasonOf(error)}`,
      'Give the user who runs jwtcheck the right to read and write it, or move it away.',
    );
  }
}

type Read =
  | { readonly is: 'state'; readonly state: MonitorState }
  | { readonly is: 'not ours'; readonly why: string };

/** A large state and the changes that were appended to it. */
async function withItsJournal(value: unknown, place: string): Promise<unknown> {
  const whole = monitorState.extend({ journal: z.string() }).safeParse(value);
  if (!whole.success) return value;
  const { journal, ...state } = whole.data;
  return contentOf(await withJournal(place, journal, treeOf(state)));
}

/** The state in a file, or the reason why it is unusable, to follow the file name. */
async function readState(content: Buffer | 'too large', place: string): Promise<Read> {
  const not = (why: string): Read => ({ is: 'not ours', why });
  if (content === 'too large') return not('is larger than any state of jwtcheck');
  if (content.length === 0) return not('is empty');
  const value = isUtf8(content) ? parseJson(new TextDecoder().decode(content)) : undefined;
  if (value === undefined) return not('is torn, or no state of jwtcheck');
  const parsed = monitorState.safeParse(await withItsJournal(value, place));
  if (parsed.success) return { is: 'state', state: parsed.data };
  const other = anyVersion.safeParse(value);
  if (other.success && other.data.schemaVersion > 1) return not('is of a later version of jwtcheck');
  return not(other.success ? 'is damaged' : 'is no state of jwtcheck');
}
