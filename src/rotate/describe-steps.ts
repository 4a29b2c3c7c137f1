import { rotationAnnotation, serializeRecord } from '../rotation/rotation-record.js';
import { shellWord } from '../schema/shell-quote.js';
import type { Step } from './steps.js';

/** A step of a dry run: what it does in one line, and exactly what would be written or run. */
export interface StepText {
  readonly title: string;
  readonly details: readonly string[];
}

/**
 * The steps of a plan in words, exactly as they would be carried out.
 * @param aliases those of the secret before the first step
 * @param label a text of the configuration, fit to be shown: without the values of variables
 */
export function describeSteps(
  steps: readonly Step[],
  aliases: ReadonlyMap<string, number>,
  label: (text: string) => string,
): StepText[] {
  let before = aliases;
  return steps.map((step) => {
    const text = describe(step, before, label);
    if (step.do === 'update') before = step.aliases;
    return text;
  });
}

function describe(
  step: Step,
  before: ReadonlyMap<string, number>,
  label: (text: string) => string,
): StepText {
  switch (step.do) {
    case 'update':
      return {
        title: titleOf(step),
        details: [
          ...aliasChanges(before, step.aliases),
          `annotation ${rotationAnnotation}: ${serializeRecord(step.record)}`,
        ],
      };
    case 'add-version':
      return {
        title: `Add version ${step.expected}`,
        details: [`${step.bytes} random bytes as ${2 * step.bytes} hexadecimal characters`],
      };
    case 'disable-version':
      return {
        title: `Disable version ${step.version}`,
        details: [
          step.why === 'surplus'
            ? 'an interrupted run added it; no service uses it'
            : 'it is not destroyed, and can be enabled again',
        ],
      };
    case 'run':
      return {
        title: `Run ${step.task}`,
        details: [
          commandLine(step.argv, label),
          Object.entries(step.env)
            .map(([name, value]) => `${name}=${value}`)
            .join(' '),
        ],
      };
  }
}

function titleOf({ why, record }: Extract<Step, { do: 'update' }>): string {
  switch (why) {
    case 'intent':
      return 'Note that a version is about to be added';
    case 'state':
      return `Enter the state ${record.state}`;
    case 'progress':
      return 'Note the progress';
  }
}

/** `current: 7 → 8`, and what is new or gone. */
function aliasChanges(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  const version = (number: number | undefined): string =>
    number === undefined ? 'none' : `version ${number}`;
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((alias) => before.get(alias) !== after.get(alias))
    .map((alias) => `alias ${alias}: ${version(before.get(alias))} to ${version(after.get(alias))}`);
}

/** Program and arguments as they would be typed; they are run without a shell. */
export const commandLine = (argv: readonly string[], label: (text: string) => string): string =>
  argv.map((word) => shellWord(label(word)) ?? JSON.stringify(label(word))).join(' ');
