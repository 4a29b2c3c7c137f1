import type { JsonValue } from '../model.js';
import { at, entriesOf, type Path, type Problem } from '../schema/path.js';
import { findConfig, folderOf } from './discover.js';
import { syntaxNodeOf, syntaxTree } from './parse/syntax-tree.js';
import type { Config } from './schema.js';

/** Options of reading a configuration. */
export interface ReadOptions {
  /** Path of the file, or the configuration itself. Default: `JWTCHECK_CONFIG`, then searched upward from `cwd`. */
  readonly config?: string | Config | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A configuration that is syntactically valid, but not validated. */
export interface Read {
  /** Absolute path of the file; `null` if the configuration was given as an object. */
  readonly file: string | null;
  /** Folder from which relative paths in the configuration are resolved. */
  readonly folder: string;
  /** The path as it was given; `null` if the file was found, or there is none. */
  readonly given: string | null;
  /** Keys from the top of the file to the configuration. */
  readonly root: Path;
  readonly tree: JsonValue;
  readonly problems: readonly Problem[];
}

/**
 * Finds and parses a configuration.
 * @throws ConfigError if there is none, or it cannot be parsed
 */
export async function readConfig({ config, cwd, env }: ReadOptions): Promise<Read> {
  if (typeof config === 'object')
    return { ...syntaxTree(syntaxNodeOf(config)), file: null, folder: cwd, given: null, root: [] };
  const found = await findConfig({ path: config, cwd, env });
  return { ...found, folder: folderOf(found.file, cwd), given: config ?? null };
}

/** Number of participants of an environment; without a name, of the largest one. */
export function mostParticipants({ tree }: Pick<Read, 'tree'>, name?: string): number {
  const counts = entriesOf(at(tree, ['environments']))
    .filter(([environment]) => name === undefined || environment === name)
    .map(([, environment]) => entriesOf(at(environment, ['participants'])).length);
  return Math.max(0, ...counts);
}
