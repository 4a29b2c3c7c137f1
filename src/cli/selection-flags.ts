import type { Loaded } from '../config/load.js';
import { shellWord } from '../schema/shell-quote.js';
import type { Io } from '../system/io.js';

/** Flags that select a configuration, and what it may contact. */
interface SelectionFlags {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly allowEmulator: boolean;
}

/**
 * The flags by which the configuration and the environment were selected, with a space before each, for commands that are
 * shown; may be empty.
 */
export function selectionFlags(
  { config, environment, allowEmulator }: SelectionFlags,
  loaded: Pick<Loaded, 'environment' | 'label'>,
  { env }: Pick<Io, 'env'>,
): string {
  const isSelected = environment !== undefined || (env.JWTCHECK_ENVIRONMENT ?? '') !== '';
  return [
    ...(config === undefined ? [] : [` -c ${shellWord(loaded.label(config)) ?? 'PATH'}`]),
    ...(isSelected ? [` -e ${shellWord(loaded.environment) ?? 'ENVIRONMENT'}`] : []),
    ...(allowEmulator ? [' --allow-emulator'] : []),
  ].join('');
}
