import type { Step } from '../../../rotate/steps.js';
import { formatDuration } from '../../../schema/duration.js';
import { shellWord } from '../../../schema/shell-quote.js';

type Aliases = ReadonlyMap<string, number>;

/** Each step in words: exactly what is written and run. */
export function stepLines(
  steps: readonly Step[],
  before: Aliases,
  label: (text: string) => string,
): string[] {
  let aliases = before;
  return steps.map((step) => {
    const line = stepLine(step, aliases, label);
    if (step.do === 'update') aliases = step.aliases;
    return line;
  });
}

function stepLine(step: Step, aliases: Aliases, label: (text: string) => string): string {
  switch (step.do) {
    case 'update': {
      const changes = aliasChanges(aliases, step.aliases);
      const moved = changes.length === 0 ? 'aliases unchanged' : `aliases: ${changes.join(', ')}`;
      return `UpdateSecret: the annotation jwtcheck-rotation (${noteOf(step)}); ${moved}`;
    }
    case 'add-version':
      return `AddSecretVersion: version ${step.expected}, ${step.bytes} random bytes as ${step.bytes * 2} hex digits, never printed`;
    case 'disable-version':
      return `DisableSecretVersion: version ${step.version} (${step.why === 'retired' ? 'it can be enabled again' : 'it came twice'})`;
    case 'run': {
      const variables = Object.entries(step.env).map(([name, value]) => `${name}=${value}`);
      return `Run ${commandLine(step.argv, label)} (${taskName(step.task)}, for at most ${formatDuration(step.timeoutMs)}, with ${variables.join(' ')})`;
    }
  }
}

function noteOf({ why, record: { state, to, done, movedAt } }: Extract<Step, { do: 'update' }>): string {
  if (why === 'intent') return 'the intent to add a version';
  if (why === 'state') return `state ${state}${to === null ? '' : `, version ${to}`}`;
  const last = done.at(-1);
  if (last !== undefined) return `${taskName(last)} has run`;
  return movedAt === null ? 'an issuer was seen with another key' : `issuers moved at ${movedAt}`;
}

/** `hook:promoted:0` is `hook 1 of promoted`. */
export function taskName(task: string): string {
  const [kind, name, index] = task.split(':');
  return kind === 'hook' && index !== undefined
    ? `hook ${Number(index) + 1} of ${name}`
    : `rollout of ${task.slice('rollout:'.length)}`;
}

function aliasChanges(before: Aliases, after: Aliases): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    if (now === undefined) return [`${name} removed (was ${old})`];
    return [old === undefined ? `${name} = ${now}` : `${name} = ${now} (was ${old})`];
  });
}

/** Program and arguments as a shell would take them; without a shell. */
export function commandLine(argv: readonly string[], label: (text: string) => string): string {
  return argv.map((word) => shellWord(label(word)) ?? '[…]').join(' ');
}
