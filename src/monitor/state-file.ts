import { open } from 'node:fs/promises';
import { JwtcheckError, UsageError } from '../errors.js';
import { codeOf } from '../system-error.js';
import type { MonitorState } from './model.js';
import { mayPass, type Purpose, placeOf, reasonOf, unusable } from './place.js';
import { fileAt, removeLeftOvers, replaceFile } from './replace-file.js';
import { setAside } from './set-aside.js';
import { anyVersion, monitorState } from './state-schema.js';

/** What the monitor remembers from one start to the next. */
export interface StateFile {
  /** As the last start left it; empty on the first. */
  readonly state: MonitorState;
  /**
   * Resolves once this state, or a later one, is on the disk. Rejects with a `JwtcheckError` that says why it is not:
   * a reason to warn, not to stop, for the next save tries again.
   */
  save(state: MonitorState): Promise<void>;
}

export interface StateFileOptions {
  readonly now: () => Date;
  /** Told of what somebody should look at: one sentence, without a newline. */
  readonly warn: (text: string) => void;
  /** The path as it may be shown: what `Loaded.label` made of it. Default: the path. */
  readonly shown?: string | undefined;
}

export const emptyState: MonitorState = { schemaVersion: 1, environments: {}, unsent: [], open: [] };

/** Ten thousand participants in forty environments stay far below; more is another file. */
const largest = 256 * 1024 * 1024;

/**
 * Opens the state file, and makes sure that it can be written. One that cannot be read as a state is set aside, never
 * deleted, and the monitor starts with an empty one.
 * @throws UsageError where it can never be written
 */
export async function openStateFile(path: string, options: StateFileOptions): Promise<StateFile> {
  const { now, warn, shown = path } = options;
  const purpose: Purpose = { key: 'watch.state', shown };
  const place = await placeOf(path, purpose);
  await removeLeftOvers(place, now());
  const state = await stateAt(place, purpose, { now, warn });
  let file: string | null = null;
  try {
    file = await replaceFile(place, textOf(state), now());
  } catch (error) {
    if (!mayPass(error)) throw unusable(purpose, error);
    warn(unsaved(shown, error).message);
  }
  return { state, save: saver(place, { shown, first: state, file, now, warn }) };
}

const textOf = (state: MonitorState): string => `${JSON.stringify(state)}\n`;

interface Saving extends Pick<StateFileOptions, 'now' | 'warn'> {
  readonly shown: string;
  readonly first: MonitorState;
  /** The file as it was written last. */
  readonly file: string | null;
}

/** Never two at once; what is asked for while one is under way is done together, after it. */
function saver(path: string, { shown, first, file, now, warn }: Saving): StateFile['save'] {
  let newest = first;
  let ours = file;
  let warned = false;
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    waiting = null;
    try {
      const there = await fileAt(path);
      if (ours !== null && there !== null && there !== ours && !warned) {
        warned = true;
        warn(
          `somebody else writes ${shown}: two monitors forget each other's incidents; give each a watch.state of its own`,
        );
      }
      ours = await replaceFile(path, textOf(newest), now());
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
    hint: 'Until it can, a restart may tell of an incident again, or not know of one.',
  });
}

async function stateAt(
  place: string,
  purpose: Purpose,
  { now, warn }: Pick<StateFileOptions, 'now' | 'warn'>,
): Promise<MonitorState> {
  const content = await contentOf(place, purpose);
  if (content === null) return emptyState;
  const read = readState(content);
  if (read.is === 'state') return read.state;
  try {
    const ending = await setAside(place, now());
    warn(
      `${purpose.shown} ${read.why}: set aside as ${purpose.shown}${ending}, and started without a memory; an open incident may be told again`,
    );
  } catch (error) {
    throw unusable(purpose, error);
  }
  return emptyState;
}

/** `null`: there is none. */
async function contentOf(place: string, { key, shown }: Purpose): Promise<Buffer | 'too large' | null> {
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

/** What a file holds, or why it is no state that can be used, to go after its name. */
function readState(content: Buffer | 'too large'): Read {
  const not = (why: string): Read => ({ is: 'not ours', why });
  if (content === 'too large') return not('is larger than any state of jwtcheck');
  if (content.length === 0) return not('is empty');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return not('is torn, or no state of jwtcheck');
  }
  const parsed = monitorState.safeParse(value);
  if (parsed.success) return { is: 'state', state: parsed.data };
  const other = anyVersion.safeParse(value);
  if (other.success && other.data.schemaVersion > 1) return not('is of a later version of jwtcheck');
  return not(other.success ? 'is damaged' : 'is no state of jwtcheck');
}
