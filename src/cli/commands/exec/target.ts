import { type Loaded, loadConfig } from '../../../config/load.js';
import { type Read, readConfig } from '../../../config/read-config.js';
import type { SourceSettings } from '../../../config/schema.js';
import { UsageError } from '../../../errors.js';
import type { JsonValue } from '../../../model.js';
import { at, entriesOf, isObject, quoted } from '../../../schema/path.js';
import { didYouMean, listed } from '../../../schema/suggest.js';
import type { Io } from '../../../system/io.js';
import type { TokenFlags } from './token-flags.js';

/** Flags that say what the command is given. */
export interface TargetFlags {
  /** The participant whose variable gets the secret; default: the only one that reads environment variables. */
  readonly participant: string | undefined;
  /** Tokens instead of the secret. */
  readonly tokens: TokenFlags | null;
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
}

/** The configuration, as far as this run needs it. */
export interface Target {
  readonly loaded: Loaded;
  /** Names of all participants of the environment. */
  readonly names: readonly string[];
  readonly envParticipants: EnvParticipants;
  /** The participant whose variable gets the secret; `null` where the command gets tokens alone. */
  readonly participant: string | null;
}

/** Reads the configuration. Variables need to be set only for the reference and for participants that read variables. */
export async function targetOf(flags: TargetFlags, io: Io): Promise<Target> {
  const { config, environment } = flags;
  const { cwd, env } = io;
  const read = withoutCrossCheck(await readConfig({ cwd, env, config }));
  // Which environment is meant is not known before; no participant has an empty name.
  const first = await loadConfig({ cwd, env, environment, only: [''] }, read);
  const names = entriesOf(at(read.tree, ['environments', first.environment, 'participants'])).map(([n]) => n);
  const envParticipants = envParticipantsOf(read.tree, first.environment);
  const participant =
    flags.tokens === null || flags.participant !== undefined
      ? chooseParticipant(flags.participant, envParticipants, names)
      : null;
  const only = flags.tokens === null && participant !== null ? [participant] : ['', ...envParticipants.all];
  const loaded = await loadConfig({ cwd, env, environment, only }, read);
  return { loaded, names, envParticipants, participant };
}

/** Other environments are not read, so that their variables need not be set. */
function withoutCrossCheck(read: Read): Read {
  return isObject(read.tree) ? { ...read, tree: { ...read.tree, crossCheck: [] } } : read;
}

/** The settings of a participant that reads environment variables. */
type EnvSource = Extract<SourceSettings, { kind: 'env' }>;

/** How a participant reads environment variables; `null` if it does not. */
export function envSourceOf({ settings, environment }: Loaded, name: string): EnvSource | null {
  const source = settings.environments[environment]?.participants[name]?.source;
  return source?.kind === 'env' ? source : null;
}

/** The participants of an environment, by how `exec` treats them. */
interface EnvParticipants {
  /** All that read environment variables, the reference included. */
  readonly all: readonly string[];
  /** Those that can be given the secret. */
  readonly candidates: readonly string[];
}

/** Finds the participants that read environment variables in a configuration as it is written. */
function envParticipantsOf(tree: JsonValue, environment: string): EnvParticipants {
  const written = at(tree, ['environments', environment]);
  const all = entriesOf(at(written, ['participants']))
    .filter(([, participant]) => at(participant, ['source', 'kind']) === 'env')
    .map(([name]) => name);
  return { all, candidates: all.filter((name) => name !== at(written, ['reference'])) };
}

/**
 * Selects the participant whose variable gets the secret.
 * @param name the name that the user gave
 * @param names all participants of the environment
 * @throws UsageError for an unknown participant, or if several match and none was named
 */
function chooseParticipant(
  name: string | undefined,
  { all, candidates }: EnvParticipants,
  names: readonly string[],
): string {
  const candidatesHint =
    candidates.length === 0
      ? 'Add one to the configuration: `"source": { "kind": "env", "names": ["JWT_SECRET"] }`.'
      : `Participants that do: ${listed(candidates)}.`;
  if (name !== undefined) {
    if (candidates.includes(name)) return name;
    if (all.includes(name)) throw new UsageError(`${quoted(name)} is the reference itself`, candidatesHint);
    if (names.includes(name))
      throw new UsageError(`${quoted(name)} does not read environment variables`, candidatesHint);
    throw new UsageError(
      `unknown participant ${quoted(name)}${didYouMean(name, candidates)}`,
      candidatesHint,
    );
  }
  const [only, ...more] = candidates;
  if (only === undefined)
    throw new UsageError(
      all.length === 0
        ? 'no participant reads environment variables'
        : `only ${quoted(all[0] ?? '')}, which is the reference itself, reads environment variables`,
      candidatesHint,
    );
  if (more.length > 0)
    throw new UsageError(
      `several participants read environment variables: ${listed(candidates)}`,
      `Name one: jwtcheck exec ${only} -- COMMAND`,
    );
  return only;
}
