import { join } from 'node:path';
import { parseYaml } from '../../config/parse/parse-yaml.js';
import { syntaxTree } from '../../config/parse/syntax-tree.js';
import type { JsonValue } from '../../model.js';
import type { Io } from '../../system/io.js';
import { composeHints } from './docker-compose.js';
import { gcloudHints } from './gcloud.js';
import type { Hint } from './hint.js';
import { manifestHints, resourceHints } from './kubernetes.js';
import { looksLikeJwtSecret } from './plain-names.js';
import { readText, walk } from './walk.js';

const compose = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;
const yaml = /\.ya?ml$/i;
const dotenv = /^\.env(?:rc|[.-][\w.-]+)?$|^[\w-]+\.env$/i;

/** Maximum total size of all files, in bytes. */
const mostBytes = 16 * 1024 * 1024;

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
    if (bytes > mostBytes) {
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

/** Maximum number of documents of a file. */
const mostDocuments = 200;

/**
 * Parses the documents of a YAML file to plain data. Unreadable documents, such as templates with placeholders, are
 * omitted.
 */
function documentsOf(text: string): { documents: JsonValue[]; unreadable: number } {
  const documents: JsonValue[] = [];
  let unreadable = 0;
  const parts = text.split(/^---(?=\s|$)[^\n]*$|^\.\.\.\s*$/m);
  for (const part of parts.slice(0, mostDocuments)) {
    if (part.trim() === '') continue;
    const parsed = parseYaml(part);
    if ('errors' in parsed) unreadable += 1;
    else if (parsed.draft !== null) documents.push(syntaxTree(parsed.draft).tree);
  }
  return { documents, unreadable };
}

/** Example files that list variables. Their values are not in use. */
const sample = /[.-](example|sample|template|tmpl|dist|defaults?)$/i;

/** Extracts names that look like JWT secrets from a dotenv file. Values are skipped, including multi-line ones. */
function dotenvHints(text: string, path: string): Hint[] {
  const clues: Hint[] = [];
  let open: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (open !== null) {
      if (line.includes(open)) open = null;
      continue;
    }
    const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(["'`]?)/.exec(line);
    if (found === null) continue;
    const [start, key = '', quote = ''] = found;
    if (quote !== '' && !line.slice(start.length).includes(quote)) open = quote;
    if (!looksLikeJwtSecret(key)) continue;
    clues.push({ is: 'variable', name: key, from: path });
    if (!sample.test(path)) clues.push({ is: 'entry', path, key, from: path });
  }
  return clues;
}
