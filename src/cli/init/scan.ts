import { join } from 'node:path';
import type { Io } from '../../system/io.js';
import { composeClues } from './compose.js';
import { documentsOf } from './documents.js';
import { dotenvClues } from './dotenv-hints.js';
import { gcloudClues } from './gcloud.js';
import type { Clue } from './hint.js';
import { manifestClues, resourceClues } from './kubernetes.js';
import { readText } from './read-text.js';
import { walk } from './walk.js';

const compose = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;
const yaml = /\.ya?ml$/i;
const dotenv = /^\.env(?:rc|[.-][\w.-]+)?$|^[\w-]+\.env$/i;

/** Bytes of all files together. */
const most = 16 * 1024 * 1024;

/** What a look around a folder found. */
export interface Look {
  readonly clues: readonly Clue[];
  readonly files: number;
  /** Files, documents and folders that could not be read, such as templates. */
  readonly unreadable: number;
  /** There is more than was looked at. */
  readonly cut: boolean;
}

/** Looks around: names in Compose files, manifests and dotenv files below a folder, and the project of gcloud. Never raises. */
export async function look({ cwd, env, signal }: Pick<Io, 'cwd' | 'env' | 'signal'>): Promise<Look> {
  const walked = await walk(cwd, (name) => yaml.test(name) || dotenv.test(name), signal);
  const clues: Clue[] = await gcloudClues(env);
  let { unreadable, cut } = walked;
  let files = 0;
  let bytes = 0;
  for (const path of walked.files) {
    if (signal.aborted) break;
    if (bytes > most) {
      cut = true;
      break;
    }
    const text = await readText(join(cwd, path));
    if (text === null) {
      unreadable += 1;
      continue;
    }
    files += 1;
    bytes += text.length;
    const found = await cluesIn(text, path);
    clues.push(...found.clues);
    unreadable += found.unreadable;
  }
  return { clues, files, unreadable, cut };
}

async function cluesIn(text: string, path: string): Promise<{ clues: Clue[]; unreadable: number }> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (dotenv.test(name)) return { clues: dotenvClues(text, path), unreadable: 0 };
  if (!compose.test(name) && !/^\s*["']?kind["']?\s*:/m.test(text))
    return { clues: resourceClues(text, path), unreadable: 0 };
  const { documents, unreadable } = await documentsOf(text);
  const read = compose.test(name) ? composeClues : manifestClues;
  return {
    clues: [...documents.flatMap((one) => read(one, path)), ...resourceClues(text, path)],
    unreadable,
  };
}
