import { join } from 'node:path';
import type { Io } from '../../system/io.js';
import { composeHints } from './docker-compose.js';
import { documentsOf } from './documents.js';
import { dotenvHints } from './dotenv-hints.js';
import { gcloudHints } from './gcloud.js';
import type { Hint } from './hint.js';
import { manifestHints, resourceHints } from './kubernetes.js';
import { readText } from './read-text.js';
import { walk } from './walk.js';

const compose = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;
const yaml = /\.ya?ml$/i;
const dotenv = /^\.env(?:rc|[.-][\w.-]+)?$|^[\w-]+\.env$/i;

/** Maximum total size of all files, in bytes. */
const most = 16 * 1024 * 1024;

/** The result of scanning a folder. */
export interface Scan {
  readonly clues: readonly Hint[];
  readonly files: number;
  /** Number of files, documents and folders that could not be read, such as templates. */
  readonly unreadable: number;
  /** Whether the limits excluded something. */
  readonly cut: boolean;
}

/**
 * Scans a folder for names in Compose files, manifests and dotenv files, and finds the project of gcloud. Never
 * throws.
 */
export async function scan({ cwd, env, signal }: Pick<Io, 'cwd' | 'env' | 'signal'>): Promise<Scan> {
  const walked = await walk(cwd, (name) => yaml.test(name) || dotenv.test(name), signal);
  const clues: Hint[] = await gcloudHints(env);
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

async function cluesIn(text: string, path: string): Promise<{ clues: Hint[]; unreadable: number }> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (dotenv.test(name)) return { clues: dotenvHints(text, path), unreadable: 0 };
  if (!compose.test(name) && !/^\s*["']?kind["']?\s*:/m.test(text))
    return { clues: resourceHints(text, path), unreadable: 0 };
  const { documents, unreadable } = documentsOf(text);
  const read = compose.test(name) ? composeHints : manifestHints;
  return {
    clues: [...documents.flatMap((one) => read(one, path)), ...resourceHints(text, path)],
    unreadable,
  };
}
