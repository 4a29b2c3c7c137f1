import { dirname, relative, resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { sanitize } from '../../../report/text/sanitize.js';
import { wrap } from '../../../report/text/wrap.js';
import { shellWord } from '../../../schema/shell-quote.js';
import type { Io } from '../../../system/io.js';
import { styleOf } from '../../flags.js';
import type { Answers } from '../../init/answers.js';
import { draftOf } from '../../init/draft.js';
import { answersOf, entryFrom, inferDefaults, summary } from '../../init/infer-defaults.js';
import { type AnswerFlags, answersIn, type Given } from '../../init/init-flags.js';
import { interview } from '../../init/interview.js';
import { openPrompt, type Prompt } from '../../init/prompt.js';
import { type Scan, scan } from '../../init/scan.js';
import { schemaFor, type TargetFile, targetFileOf, writeWhole } from '../../init/target-file.js';
import { validate, writeJson, writeYaml } from '../../init/write-draft.js';

/** The flags of `jwtcheck init`. */
export interface InitFlags extends AnswerFlags {
  readonly output?: string | undefined;
  readonly yaml?: boolean | undefined;
  /** Scan for names; `false` with `--no-guess`. */
  readonly guess: boolean;
  readonly print?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** Runs a check with the new configuration. */
export type FirstCheck = (config: string) => Promise<ExitCode>;

/**
 * Creates a configuration, by asking on a terminal and otherwise from flags. Shows it before writing it, and never
 * replaces a file without confirmation.
 * @throws UsageError, JwtcheckError (ERR_INTERRUPTED)
 */
export async function init(flags: InitFlags, io: Io, firstCheck: FirstCheck): Promise<ExitCode> {
  const asking = io.stdin.isTTY === true && io.stderr.isTTY === true && !flags.yes && !flags.print;
  if (!asking && !flags.yes && !flags.print) {
    throw new UsageError(
      'standard input is not a terminal',
      'Use flags and --yes, or --print to print the configuration: jwtcheck init --help',
    );
  }
  const given = answersIn(flags, io.env);
  const path = resolve(io.cwd, flags.output ?? (flags.yaml ? '.jwtcheckrc.yaml' : '.jwtcheckrc.json'));
  const place = await targetFileOf(path);
  if (!asking && !flags.print && place.replaces !== null && !flags.force) throw there(place);
  const nothing: Scan = { clues: [], files: 0, unreadable: 0, cut: false };
  const around = flags.guess ? await scan(io) : nothing;
  const guess = inferDefaults(around.clues);
  const { columns } = styleOf({}, io);
  if (flags.guess) await io.stderr.write(summary(around, guess, io.stderr.columns ?? columns));

  const folder = dirname(path);
  if (!asking) {
    const text = await written(merged(given, answersOf(guess, folder, io.cwd), folder, io), path);
    if (flags.print) await io.stdout.write(text);
    else {
      await writeWhole(path, text, flags.force === true);
      await io.stderr.write(done(place, io));
    }
    return 0;
  }
  const prompt = openPrompt(io);
  try {
    const here = { env: io.env, cwd: io.cwd, folder };
    const hint = 'Press Enter to accept the value in brackets. Nothing is written before you confirm.';
    await io.stderr.write(`${wrap(hint, io.stderr.columns ?? columns).join('\n')}\n\n`);
    const text = await written(await interview(prompt, given, guess, here), path);
    await io.stderr.write(`\n${text}\n`);
    if (!(await agreed(prompt, place, flags.force === true, io))) {
      await io.stderr.write('Nothing was written.\n');
      return 0;
    }
    await writeWhole(path, text, place.replaces === path);
    await io.stderr.write(done(place, io));
    if (!(await prompt.confirm('Check now?', true))) return 0;
  } finally {
    prompt.close();
  }
  return firstCheck(path);
}

/** The flags, completed by detected values. A flag about the secret excludes detected values about it. */
function merged(given: Given, guessed: Answers, folder: string, io: Io): Answers {
  const isGiven = given.secret !== undefined || given.entry !== undefined;
  const project = given.project;
  const secret =
    guessed.secret === null || project === undefined ? guessed.secret : { ...guessed.secret, project };
  const entry = given.entry ?? null;
  return {
    environment: given.environment ?? guessed.environment,
    secret: isGiven ? (given.secret ?? null) : secret,
    entry: isGiven ? (entry === null ? null : entryFrom(entry, folder, io.cwd)) : guessed.entry,
    services: given.services ?? guessed.services,
    tokenVariable: given.tokenVariable ?? null,
    testVariables: given.testVariables ?? guessed.testVariables,
  };
}

/** The text of the configuration, validated before it is written. @throws UsageError if there is nothing to check */
async function written(answers: Answers, path: string): Promise<string> {
  if (
    answers.secret === null &&
    answers.entry === null &&
    answers.services.length === 0 &&
    answers.testVariables.length === 0
  ) {
    throw new UsageError(
      'there is nothing to check yet',
      'Add a participant that holds the secret: --service NAME=URL, --dotenv PATH:KEY, or --project and --secret.',
    );
  }
  const draft = draftOf(answers, await schemaFor(dirname(path)));
  const text = /\.ya?ml$/i.test(path) ? writeYaml(draft) : writeJson(draft);
  await validate(text, path);
  return text;
}

const shown = (path: string, io: Io): string => sanitize(relative(io.cwd, path) || path);

function there({ replaces, path }: TargetFile): UsageError {
  return replaces === path
    ? new UsageError('a configuration already exists; it was not changed', 'To replace it, use --force')
    : new UsageError(
        `a configuration already exists, ${sanitize(relative(dirname(path), replaces ?? ''))}: it would no longer be found`,
        'To write another one anyway, use --force',
      );
}

async function agreed(
  prompt: Prompt,
  { path, replaces }: TargetFile,
  force: boolean,
  io: Io,
): Promise<boolean> {
  if (replaces === null || force) return prompt.confirm(`Write ${shown(path, io)}?`, true);
  const what =
    replaces === path
      ? `${shown(path, io)} already exists. Replace it?`
      : `${shown(replaces, io)} already exists, and would no longer be found. Write ${shown(path, io)}?`;
  return prompt.confirm(what, false);
}

/** Reports the written file, and the next command. */
function done({ path, found }: TargetFile, io: Io): string {
  const flag = found && !io.env.JWTCHECK_CONFIG ? '' : ` -c ${shellWord(relative(io.cwd, path)) ?? 'PATH'}`;
  return `Wrote ${shown(path, io)}. To check: jwtcheck${flag}\n`;
}
