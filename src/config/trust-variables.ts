/** If set to 1, configurations that run programs are rejected, as with `--no-commands`. */
export const noCommandsVariable = 'JWTCHECK_NO_COMMANDS';

/** Whether programs must not be run. */
export const refusesCommands = (env: Readonly<Record<string, string | undefined>>): boolean =>
  ['1', 'true'].includes(env[noCommandsVariable] ?? '');

/** If set to 1, an emulator of Secret Manager is allowed in CI, as with `--allow-emulator`. */
export const allowEmulatorVariable = 'JWTCHECK_ALLOW_EMULATOR';

/** The allowed hosts, as with `--allow-hosts`. If set and empty, none. */
export const allowHostsVariable = 'JWTCHECK_ALLOW_HOSTS';
