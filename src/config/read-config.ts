import type { JsonValue } from '../model.js';
import { at, entriesOf, type Path, type Problem } from '../schema/path.js';
import { findConfig, folderOf } from './discover.js';
import { syntaxNodeOf, syntaxTree } from './parse/syntax-tree.js';
import type { Config } from './schema.js';

/** What to read, and where from. */
export interface ReadOptions {
  /** Path of the file, or the configuration itself; default: `JWTCHECK_CONFIG`, then upward from `cwd`. */
  readonly config?: string | Config | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A configuration as it stands there: JSON or YAML it is, and nothing else is known of it. */
export interface Read {
  /** Absolute path of the file; `null` where the configuration was given as an object. */
  readonly file: string | null;
  /** Folder that relative paths in the configuration start from. */
  readonly folder: string;
  /** Keys from the top of the file to the configuration. */
  readonly root: Path;
  readonly tree: JsonValue;
  readonly problems: readonly Problem[];
}

/**
 * Finds a configuration and parses it.
 * @throws ConfigError where there is none, or it cannot be parsed
 */
export async function readConfig({ config, cwd, env }: ReadOptions): Promise<Read> {
  if (typeof config === 'object')
    return { ...syntaxTree(syntaxNodeOf(config)), file: null, folder: cwd, root: [] };
  const found = await findConfig({ path: config, cwd, env });
  return { ...found, folder: folderOf(found.file, cwd) };
}

/** How many participants an environment has; without a name, the largest. */
export function mostParticipants({ tree }: Pick<Read, 'tree'>, name?: string): number {
  const counts = entriesOf(at(tree, ['environments']))
    .filter(([environment]) => name === undefined || environment === name)
    .map(([, environment]) => entriesOf(at(environment, ['participants'])).length);
  return Math.max(0, ...counts);
}
