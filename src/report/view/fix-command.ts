import { shellWord } from '../../schema/shell-quote.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';

/** The command that carries out the plan of an event. It names the environment, which may not be the default one. */
export const fixCommand = (environment: string, hash: string): string =>
  `jwtcheck fix -e ${shellWord(environment) ?? 'ENVIRONMENT'} --apply ${sanitizeAndTruncate(hash, 64)}`;
