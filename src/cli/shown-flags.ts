import type { Loaded } from '../config/load.js';
import { selectionFlags } from '../config/selection-flags.js';
import type { Io } from '../system/io.js';

/** Flags of a command that selects an environment. */
interface Flags {
  readonly environment?: string | undefined;
  readonly allowEmulator: boolean;
}

/** The flags with which a command that is shown uses what these flags and variables selected; may be empty. */
export function shownFlags(
  { environment, allowEmulator }: Flags,
  loaded: Loaded,
  { env }: Pick<Io, 'env'>,
): string {
  const isSelected = environment !== undefined || (env.JWTCHECK_ENVIRONMENT ?? '') !== '';
  return selectionFlags(loaded, { environment: isSelected ? loaded.environment : null, allowEmulator });
}
