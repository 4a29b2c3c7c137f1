import { ConfigError, type ConfigProblem } from '../errors.js';
import type { JsonValue } from '../model.js';
import { proxyCredentials } from '../observe/network/proxy.js';
import { readerOf } from '../observe/sources/reader.js';
import { at, entriesOf, formatPath, isList, type Path, type Problem } from '../schema/path.js';
import { CollectedSecrets } from '../secret/collected-secrets.js';
import { Secret } from '../secret/secret.js';
import { variableIn } from '../system/environment.js';
import { checkCommands, visibleArguments } from './check/check-commands.js';
import { checkEncryption } from './check/check-encryption.js';
import { checkHosts } from './check/check-hosts.js';
import { checkNames, checkNotifiers, checkRotation, checkWatch } from './check/check-names.js';
import { interpolate, type LeftOut } from './expand/interpolate.js';
import { labeller } from './expand/label.js';
import { typedSecrets, unitSecrets } from './expand/sensitive.js';
import { inFileOrder } from './problems.js';
import { type Read, type ReadOptions, readConfig } from './read-config.js';
import type { Settings } from './schema.js';
import { selectEnvironment } from './select-environment.js';
import { isInPart, type PartName, readsReference } from './shards.js';
import { unitsOf } from './units.js';
import { validate } from './validate.js';

type Env = ReadOptions['env'];

/** Options of loading a configuration. */
export interface LoadOptions extends ReadOptions {
  /** The environment to check. Default: `JWTCHECK_ENVIRONMENT`, `defaultEnvironment`, or the only one. */
  readonly environment?: string | undefined;
  /**
   * For `jwtcheck watch`: the variables under `watch` must be set as well. Otherwise `settings.watch` may be
   * incomplete.
   */
  readonly watch?: boolean | undefined;
  /** Only these participants and the reference: variables of other participants need not be set. */
  readonly only?: readonly string[] | undefined;
  /** Excluded participants: their variables need not be set. */
  readonly skip?: readonly string[] | undefined;
  /** The variables of participants of other parts need not be set. */
  readonly part?: PartName | undefined;
}

/** A valid configuration. */
export interface LoadedAll {
  /** Unused environments whose variables are not set may be missing. */
  readonly settings: Settings;
  /** Absolute path of the file; `null` if the configuration was given as an object. */
  readonly file: string | null;
  /** Folder from which relative paths in the configuration are resolved. */
  readonly folder: string;
  /** The path as it was given; `null` if the file was found, or there is none. */
  readonly given: string | null;
  /** Inserted values of variables, and credentials of headers, notifiers and proxies, which must not be printed. */
  readonly secrets: readonly Secret[];
  /** The configuration as written, with unexpanded variables. */
  readonly tree: JsonValue;
  /**
   * Makes a configured text safe to print: unexpanded variables, and a URL without credentials, query values and
   * fragment.
   */
  label(text: string): string;
  /** Warnings about settings that work but should be changed. */
  readonly warnings: readonly string[];
  /**
   * Makes a text of a service or a program safe to print: without anything of `secrets`, of the variables that participants
   * read, and of secrets that were added, and without random-looking parts.
   */
  scrub(text: string): string;
  /** Adds secrets that were read, for `scrub`. */
  addSecrets(secrets: Iterable<Secret>): void;
}

/** A configuration, and the environment to check. */
export interface Loaded extends LoadedAll {
  readonly environment: string;
  /** Participants that `only`, `skip` and `part` exclude; `settings` may lack their sources and probes. */
  readonly leftOut: readonly string[];
}

/**
 * Loads and validates the configuration for one environment. Only the variables of this environment and of those in
 * `crossCheck` must be set.
 * @param read the result of `readConfig` for the same options, if it was needed before
 * @throws ConfigError with every problem, also for a configuration given as an object
 * @throws UsageError if the environment is unclear
 */
export async function loadConfig(options: LoadOptions, read?: Read): Promise<Loaded> {
  const found = read ?? (await readConfig(options));
  const { tree } = found;
  const names = entriesOf(at(tree, ['environments'])).map(([name]) => name);
  const written = Object.fromEntries(
    entriesOf(tree).filter(([key]) => key === 'defaultEnvironment' || key === 'crossCheck'),
  );
  const shared = interpolate(written, options.env, []).value;
  const defaultEnvironment = at(shared, ['defaultEnvironment']);
  const selected = selectEnvironment({
    flag: options.environment,
    env: options.env,
    defaultEnvironment: typeof defaultEnvironment === 'string' ? defaultEnvironment : undefined,
    names,
  });
  const crossCheck = at(shared, ['crossCheck']);
  const others = isList(crossCheck) ? crossCheck.filter((name) => typeof name === 'string') : [];
  const used = selected.is === 'selected' ? [selected.name, ...others] : [];
  const leftOut = selected.is === 'selected' ? leftOutOf(tree, selected.name, options) : [];
  const isLeftOut: LeftOut = (environment, participant) =>
    selected.is === 'selected' && environment === selected.name && leftOut.includes(participant);
  const all = finish(found, options.env, used, options.watch === true, isLeftOut);
  if (selected.is === 'failed') throw selected.error;
  return { ...all, environment: selected.name, leftOut };
}

function leftOutOf(
  tree: JsonValue,
  environment: string,
  { only = [], skip = [], part }: Pick<LoadOptions, 'only' | 'skip' | 'part'>,
): string[] {
  const reference = at(tree, ['environments', environment, 'reference']);
  return entriesOf(at(tree, ['environments', environment, 'participants'])).flatMap(([name, participant]) => {
    const label = at(participant, ['reach']);
    const member = { name, reach: typeof label === 'string' ? label : undefined };
    const isReference = name === reference;
    const isIncluded =
      !skip.includes(name) &&
      (only.length === 0 || only.includes(name) || isReference) &&
      (part === undefined || isInPart(member, part) || (isReference && readsReference(member, part)));
    return isIncluded ? [] : [name];
  });
}

/**
 * Loads and validates the configuration for all environments, or for the given ones.
 * @throws ConfigError with every problem
 */
export async function loadEnvironments(
  options: ReadOptions,
  environments: readonly string[] | 'all',
): Promise<LoadedAll> {
  return finish(await readConfig(options), options.env, environments, environments === 'all');
}

function finish(
  read: Read,
  env: Env,
  used: readonly string[] | 'all',
  watching: boolean,
  leftOut?: LeftOut,
): LoadedAll {
  const { tree, file, folder } = read;
  const interpolated = interpolate(tree, env, used, watching, leftOut);
  const parsed = validate(interpolated, leftOut);
  const checked = { ...interpolated, tree: interpolated.value };
  const units = unitsOf(checked.tree);
  const found = [...interpolated.secrets, ...typedSecrets(tree), ...unitSecrets(units, checked)];
  const secrets = found.filter(isNoName(tree));
  const label = labeller(interpolated.templates, secrets);
  const problems = [
    ...read.problems,
    ...interpolated.problems,
    ...parsed.problems,
    ...checkNames(checked),
    ...checkCommands(checked, env),
    ...checkEncryption(units, checked, env, used),
    ...checkHosts(units, checked, env, { environments: used, watching, label }),
    ...checkNotifiers(checked),
    ...checkWatch(checked),
    ...checkRotation(checked),
  ];
  if (problems.length > 0 || parsed.settings === null)
    throw new ConfigError(file, written(inFileOrder(problems, tree), read.root));
  const ofProxies = proxyCredentials(env).map((text) => new Secret(text));
  const sent = [...secrets, ...ofProxies.filter(isNoName(tree))];
  const known = new CollectedSecrets([...sent, ...inVariables(parsed.settings, env)]);
  return {
    settings: parsed.settings,
    file,
    folder,
    given: read.given,
    secrets: sent,
    tree,
    label,
    warnings: visibleArguments(checked),
    scrub: (text) => known.scrub(text),
    addSecrets: (more) => known.add(more),
  };
}

/** Values of the variables that participants read their secrets from. */
function inVariables({ environments }: Settings, env: Env): Secret[] {
  const sources = Object.values(environments).flatMap(({ participants }) =>
    Object.values(participants).flatMap(({ source }) => source ?? []),
  );
  const names = sources.flatMap((source) => readerOf(source).names?.(source).variables ?? []);
  return [...new Set(names)].flatMap((name) => {
    const value = variableIn(env, name);
    return value === undefined ? [] : [new Secret(value)];
  });
}

function written(problems: readonly Problem[], root: Path): ConfigProblem[] {
  const lines = problems.map(({ path, message }) => ({ path: formatPath([...root, ...path]), message }));
  const seen = new Set<string>();
  return lines.filter(({ path, message }) => {
    const line = `${path}: ${message}`;
    return !seen.has(line) && seen.add(line);
  });
}

/**
 * A variable may select a name that the file contains (`defaultEnvironment`, `reference`). Such a value is no secret,
 * and hiding it would remove the names from every report.
 */
function isNoName(tree: JsonValue): (secret: Secret) => boolean {
  const names = entriesOf(at(tree, ['environments'])).flatMap(([name, environment]) => [
    name,
    ...entriesOf(at(environment, ['participants'])).map(([participant]) => participant),
  ]);
  const spelled = names.map((name) => new Secret(name));
  return (secret) => !spelled.some((name) => name.equals(secret));
}
