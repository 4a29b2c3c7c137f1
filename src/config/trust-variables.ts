/** Set to 1, it refuses configurations that run programs, as `--no-commands` does. */
export const noCommandsVariable = 'JWTCHECK_NO_COMMANDS';

/** Set to 1, an emulator of Secret Manager may be asked in CI, as with `--allow-emulator`. */
export const allowEmulatorVariable = 'JWTCHECK_ALLOW_EMULATOR';

/** The hosts that may be contacted, as `--allow-hosts` names them; set and empty, none. */
export const allowHostsVariable = 'JWTCHECK_ALLOW_HOSTS';
