import type { RemedyStep } from '../../model.js';
import { shellWord } from '../../schema/shell-quote.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';

/** What holds a remedy: a finding, or one in an event. Events from earlier versions have it as text alone. */
interface WithRemedy {
  readonly remedy: string;
  readonly steps?: readonly RemedyStep[] | undefined;
}

/** The steps of a remedy. A text without steps is shown as it stands, line by line. */
export function stepsOf({ remedy, steps }: WithRemedy): readonly RemedyStep[] {
  return steps ?? remedy.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trim() }]));
}

/** The command that carries out the plan of an event. It names the environment, which may not be the default one. */
export const fixCommand = (environment: string, hash: string): string =>
  `jwtcheck fix -e ${shellWord(environment) ?? 'ENVIRONMENT'} --apply ${sanitizeAndTruncate(hash, 64)}`;
