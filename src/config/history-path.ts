import { resolve } from 'node:path';
import { ConfigError } from '../errors.js';
import { at, entriesOf, formatPath, type Path } from '../schema/path.js';
import { findConfig, folderOf } from './discover.js';
import { interpolate } from './expand/interpolate.js';
import { labeller } from './expand/label.js';
import { watch } from './watch-schema.js';

/** The location of a configuration's history, and its environments. */
export interface HistoryPlace {
  /** Absolute. */
  readonly path: string;
  /** The path, safe to print. */
  readonly shown: string;
  readonly environments: readonly string[];
}

const place: Path = ['watch', 'history'];

/**
 * Finds the configured path of the history. The rest of the configuration is not validated, so that a history can be
 * read without the variables of services and notifiers.
 * @throws ConfigError without a configuration, or for an invalid path
 */
export async function historyPlace(options: {
  readonly config: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<HistoryPlace> {
  const { config, cwd, env } = options;
  const { file, root, tree } = await findConfig({ path: config, cwd, env });
  const written = at(tree, place);
  const read = interpolate(written === undefined ? {} : { watch: { history: written } }, env, []);
  const [problem] = read.problems;
  const parsed = watch.shape.history.safeParse(at(read.value, place));
  const wrong = problem?.message ?? (parsed.success ? null : 'expected the path of a file');
  if (wrong !== null || !parsed.success)
    throw new ConfigError(file, [{ path: formatPath([...root, ...place]), message: `${wrong}` }]);
  const path = resolve(folderOf(file, cwd), parsed.data);
  const label = labeller(read.templates, read.secrets)(parsed.data);
  return {
    path,
    // Without inserted values there is nothing to hide, and the full path is more useful.
    shown: label === parsed.data ? path : label,
    environments: entriesOf(at(tree, ['environments'])).map(([name]) => name),
  };
}
