import { type Loaded, loadConfig } from '../../../config/load.js';
import { type Read, readConfig } from '../../../config/read-config.js';
import { at, entriesOf, isObject } from '../../../schema/path.js';
import type { Io } from '../../../system/io.js';
import { chooseParticipant, type EnvParticipants, envParticipantsOf } from './env-participants.js';
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
