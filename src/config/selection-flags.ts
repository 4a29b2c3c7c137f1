import { shellWord } from '../schema/shell-quote.js';
import type { LoadedAll } from './load.js';
import { isPipe } from './parse/file-text.js';

/** What selects an environment, beside the configuration. */
interface Selected {
  /** `null`: it needs no flag. */
  readonly environment: string | null;
  readonly allowEmulator: boolean;
}

/**
 * The flags with which a command that is shown uses the same configuration and environment, with a space before each; may
 * be empty.
 */
export function selectionFlags(
  { given, label }: Pick<LoadedAll, 'given' | 'label'>,
  { environment, allowEmulator }: Selected,
): string {
  return [
    // A pipe has ended by then.
    ...(given === null ? [] : [` -c ${(isPipe(given) ? null : shellWord(label(given))) ?? 'PATH'}`]),
    ...(environment === null ? [] : [` -e ${shellWord(environment) ?? 'ENVIRONMENT'}`]),
    ...(allowEmulator ? [' --allow-emulator'] : []),
  ].join('');
}
