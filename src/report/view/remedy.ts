import type { RemedyStep } from '../../model.js';

/** What holds a remedy: a finding, or one in an event. Events from earlier versions have it as text alone. */
interface WithRemedy {
  readonly remedy: string;
  readonly steps?: readonly RemedyStep[] | undefined;
}

/** The steps of a remedy. A text without steps is shown as it stands, line by line. */
export function stepsOf({ remedy, steps }: WithRemedy): readonly RemedyStep[] {
  return steps ?? remedy.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trim() }]));
}
