import type { RunOptions } from '../../../check/session.js';
import { loadConfig } from '../../../config/load.js';
import { JwtcheckError, UsageError } from '../../../errors.js';
import type { Action, AskedAction, FixPlan } from '../../../fix/action.js';
import { type Applied, applyPlan, type Consent } from '../../../fix/apply.js';
import { describeAction } from '../../../fix/describe-action.js';
import { type Fixer, openFixer } from '../../../fix/fixer.js';
import { planFix } from '../../../fix/plan-fix.js';
import { isHash, isSamePlan, leastDigits } from '../../../fix/plan-hash.js';
import type { ExitCode, Report } from '../../../model.js';
import type { Style } from '../../../report/reporter.js';
import { sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import type { Io } from '../../../system/io.js';
import { createProgress } from '../../../system/progress.js';
import { openPrompt } from '../../init/prompt.js';
import { shownFlags } from '../../shown-flags.js';
import { jsonFix } from './fix-json.js';
import { reportOf } from './fix-report.js';
import { prettyFix } from './fix-text.js';

/** The flags of `jwtcheck fix`, parsed. */
export interface FixFlags extends Pick<RunOptions, 'timeoutMs' | 'deadlineMs' | 'concurrency'> {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  /** `--allow-emulator` was given. */
  readonly allowEmulator: boolean;
  /** The hash of the plan to carry out; `null`: only show the plan. */
  readonly apply: string | null;
  /** Consent to every action. */
  readonly yes: boolean;
  /** Consent to these kinds of actions. */
  readonly allow: readonly AskedAction[];
  /** How long an action may take to show; milliseconds. */
  readonly waitMs: number;
  readonly intervalMs: number;
  readonly format: 'pretty' | 'json';
  readonly style: Style;
}

/** An action that was begun is completed after an interruption; milliseconds. */
const graceMs = 15_000;

/** Shows the plan that would fix what a check finds, or carries it out. */
export async function fix(flags: FixFlags, io: Io): Promise<ExitCode> {
  const { cwd, env } = io;
  const given = flags.apply === null ? null : hashFrom(flags.apply);
  const loaded = await loadConfig({ cwd, env, config: flags.config, environment: flags.environment });
  const say = (text: string): Promise<void> =>
    io.stderr.write(`jwtcheck: ${sanitizeAndTruncate(text, 400)}\n`);
  for (const warning of loaded.warnings) await say(`warning: ${warning}`);
  if (given !== null) io.grace(graceMs);
  const opened = openFixer(loaded, flags, io);
  const fixer: Fixer = { ...opened, check: () => withProgress(opened, flags, io) };
  try {
    const report = await fixer.check();
    const plan = planFix(report, await fixer.readPlanInput(report));
    const isPlanned = given !== null && plan.hash !== null && isSamePlan(given, plan.hash);
    const applied = isPlanned ? await carriedOut(plan, report, { fixer, flags, io, say }) : null;
    const shown = reportOf({
      ...{ plan, report, given, applied },
      selection: shownFlags(flags, loaded, io),
      now: io.now().getTime(),
    });
    await io.stdout.write(flags.format === 'json' ? jsonFix(shown) : prettyFix(shown, flags.style));
    if (io.signal.aborted || applied?.results.some(({ is }) => is === 'interrupted') === true)
      throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
    return shown.exitCode;
  } finally {
    await opened.close();
  }
}

/** @throws UsageError for a text that is not the beginning of a hash */
function hashFrom(text: string): string {
  const hash = text.toLowerCase();
  if (isHash(hash)) return hash;
  throw new UsageError(
    `--apply takes the hash of a plan: ${leastDigits} hex digits or more`,
    'Run jwtcheck fix without --apply: it prints the plan and its hash.',
  );
}

async function withProgress(fixer: Fixer, { style }: FixFlags, io: Io): Promise<Report> {
  const progress = createProgress(io.stderr, io.stderr.isTTY === true && !style.quiet);
  try {
    return await fixer.check(progress.update);
  } finally {
    await progress.stop();
  }
}

async function carriedOut(
  plan: FixPlan,
  report: Report,
  { fixer, flags, io, say }: { fixer: Fixer; flags: FixFlags; io: Io; say: (text: string) => Promise<void> },
): Promise<Applied> {
  const tell = (text: string): Promise<void> => (flags.style.quiet ? Promise.resolve() : say(text));
  return applyPlan(plan, report, {
    fixer,
    signal: io.signal,
    now: io.now,
    waitMs: flags.waitMs,
    intervalMs: flags.intervalMs,
    consents: (action) => consents(action, flags, io),
    onAction: (action) => tell(describeAction(action).title),
    onWaiting: ({ participant }, progress) =>
      tell(`${participant}: ${progress === 'unchanged' ? 'not fixed yet' : progress}; checking again`),
  });
}

/** Asks on a terminal; elsewhere, only a flag is consent. */
async function consents(action: Action, { yes, allow }: FixFlags, io: Io): Promise<Consent> {
  if (yes || allow.some((kind) => kind === action.do)) return 'yes';
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) return 'no';
  const prompt = openPrompt(io);
  try {
    return (await prompt.confirm(`${describeAction(action).title}?`, false)) ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof JwtcheckError && error.code === 'ERR_INTERRUPTED') return 'interrupted';
    throw error;
  } finally {
    prompt.close();
  }
}
