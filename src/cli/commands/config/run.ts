import { describeError } from '../../../config/describe-error.js';
import { configJsonSchema } from '../../../config/json-schema.js';
import { loadConfig, loadEnvironments } from '../../../config/load.js';
import { selectEnvironment } from '../../../config/select-environment.js';
import { onlyEnvironment, shownConfig } from '../../../config/show.js';
import { JwtcheckError } from '../../../errors.js';
import type { ExitCode, JsonValue } from '../../../model.js';
import { jsonText } from '../../../report/text/json-text.js';
import { at, entriesOf } from '../../../schema/path.js';
import type { Io } from '../../../system/io.js';

/** The parsed flags of `jwtcheck config`. */
export interface ConfigOptions {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
}

/**
 * Reports all problems of the configuration at once, for all environments or with `--environment` for one, so that
 * the variables of the others need not be set. Exit code 0 or 2.
 */
export async function configValidate(options: ConfigOptions, io: Io): Promise<ExitCode> {
  return orDescribe(io, async () => {
    const { config, environment } = options;
    const { cwd, env } = io;
    const loaded =
      environment === undefined
        ? await loadEnvironments({ config, cwd, env }, 'all')
        : await loadConfig({ config, cwd, env, environment });
    await io.stdout.write(`OK ${loaded.file}: ${counted(loaded.tree)}\n`);
  });
}

/**
 * Prints the effective configuration as JSON, without expanded values and literal credentials. The variables of
 * environments need not be set. Exit code 0 or 2.
 */
export async function configShow(options: ConfigOptions, io: Io): Promise<ExitCode> {
  return orDescribe(io, async () => {
    const { config, environment } = options;
    const { tree, settings } = await loadEnvironments({ config, cwd: io.cwd, env: io.env }, []);
    const chosen = environment === undefined ? tree : onlyEnvironment(tree, existing(environment, tree));
    await io.stdout.write(jsonText(shownConfig(chosen, settings)));
  });
}

function existing(environment: string, tree: JsonValue): string {
  const names = entriesOf(at(tree, ['environments'])).map(([name]) => name);
  const selected = selectEnvironment({ flag: environment, env: {}, defaultEnvironment: undefined, names });
  if (selected.is === 'failed') throw selected.error;
  return selected.name;
}

/** Prints the JSON Schema of the configuration. */
export async function configSchemaCommand(_options: ConfigOptions, io: Io): Promise<ExitCode> {
  await io.stdout.write(jsonText(configJsonSchema()));
  return 0;
}

async function orDescribe(io: Io, work: () => Promise<void>): Promise<ExitCode> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof JwtcheckError)) throw error;
    await io.stderr.write(describeError(error));
    return 2;
  }
}

function counted(tree: JsonValue): string {
  const environments = entriesOf(at(tree, ['environments']));
  const participants = environments.flatMap(([, body]) => entriesOf(at(body, ['participants'])));
  return `${plural(environments.length, 'environment')}, ${plural(participants.length, 'participant')}`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
