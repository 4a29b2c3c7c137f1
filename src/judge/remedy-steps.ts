import type { ReadError, RemedyStep } from '../model.js';

/** The advice of a rule: sentences, or steps that include commands. */
export type Advice = string | readonly RemedyStep[];

export const text = (words: string): RemedyStep => ({ text: words });

export const command = (line: string): RemedyStep => ({ command: line });

/** The steps of advice. */
export function stepsOf(advice: Advice): readonly RemedyStep[] {
  return typeof advice === 'string' ? [text(advice)] : advice;
}

/** Prepends a sentence to the first text of the steps. */
export function withSentence(sentence: string, steps: readonly RemedyStep[]): readonly RemedyStep[] {
  const [first, ...others] = steps;
  return first !== undefined && 'text' in first
    ? [text(`${sentence} ${first.text}`), ...others]
    : [text(sentence), ...steps];
}

/** Steps in lines, commands indented by two spaces. Each is one line, so that no name in a text can pass for a command. */
export function linesOfSteps(steps: readonly RemedyStep[]): string[] {
  return steps.map((step) =>
    'command' in step ? `  ${unbroken(step.command)}` : unbroken(step.text).trimStart(),
  );
}

const unbroken = (words: string): string => words.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');

/** The public text of a remedy. */
export const remedyOf = (steps: readonly RemedyStep[]): string => linesOfSteps(steps).join('\n');

/** The advice for a failed reading, if there is any. */
export function adviceOf(error: ReadError | null): { readonly advice?: readonly RemedyStep[] } {
  if (error === null) return {};
  const { hint, steps } = error;
  if (steps !== undefined) return { advice: steps };
  return hint === undefined ? {} : { advice: [text(hint)] };
}
