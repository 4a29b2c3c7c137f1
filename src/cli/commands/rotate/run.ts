import { emulatorsOf } from '../../../check/emulators.js';
import { type Loaded, loadConfig } from '../../../config/load.js';
import { noCommandsVariable, refusesCommands } from '../../../config/trust-variables.js';
import { JwtcheckError, UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import type { Style } from '../../../report/reporter.js';
import { sanitize, sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import { describeSteps } from '../../../rotate/describe-steps.js';
import type { RotationRun } from '../../../rotate/rotation-context.js';
import type { RotateCommand } from '../../../rotate/rotation-plan.js';
import { runRotation } from '../../../rotate/run-rotation.js';
import type { SecretView } from '../../../rotate/transitions.js';
import type { Io } from '../../../system/io.js';
import { shownFlags } from '../../shown-flags.js';
import { checkTrusts, type Limits, openRotation } from './rotate-context.js';
import { jsonRotation } from './rotate-json.js';
import { type RotationReport, reportOf } from './rotate-report.js';
import { lackText, prettyRotation } from './rotate-text.js';

/** The flags of `jwtcheck rotate`, parsed. */
export interface RotateFlags extends Limits {
  readonly command: RotateCommand;
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly allowEmulator: boolean;
  readonly apply: boolean;
  readonly waitMs: number | null;
  readonly intervalMs: number;
  readonly trusts: readonly string[];
  readonly isCutover: boolean;
  readonly format: 'pretty' | 'json';
  readonly style: Style;
}

/** A step that was begun is completed after an interruption; milliseconds. */
const graceMs = 15_000;

/** Plans a step of a rotation, or takes it, and prints what came of it. */
export async function rotate(flags: RotateFlags, io: Io): Promise<ExitCode> {
  const report = await takeStep(flags, io);
  const text = flags.format === 'json' ? jsonRotation(report) : prettyRotation(report, flags.style);
  await io.stdout.write(text);
  if (report.result.stop?.is === 'interrupted') throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
  return report.exitCode;
}

/** Plans a step of a rotation, or takes it. */
export async function takeStep(flags: Omit<RotateFlags, 'format'>, io: Io): Promise<RotationReport> {
  const { cwd, env } = io;
  const loaded = await loadConfig({ cwd, env, config: flags.config, environment: flags.environment });
  for (const warning of loaded.warnings) await io.stderr.write(`jwtcheck: warning: ${sanitize(warning)}\n`);
  checkTrusts(flags.trusts, loaded);
  refusePrograms(loaded, io);
  const opened = openRotation(loaded, flags, io);
  const { context, plan, source } = opened;
  if (flags.apply) io.grace(graceMs);
  let aliases: SecretView['aliases'] | null = null;
  const say = (text: string): Promise<void> =>
    flags.style.quiet ? Promise.resolve() : io.stderr.write(`jwtcheck: ${sanitizeAndTruncate(text, 400)}\n`);
  const run: RotationRun = {
    command: flags.command,
    apply: flags.apply,
    waitMs: flags.waitMs,
    intervalMs: flags.intervalMs,
    trusts: flags.trusts,
    isCutover: flags.isCutover,
  };
  try {
    const result = await runRotation(run, {
      ...context,
      onStep: async (step) => {
        const [text] = describeSteps([step], new Map(), loaded.label);
        if (text !== undefined) await say(text.title);
      },
      onWaiting: async (gate, until) => {
        const [first] = gate.waitingFor;
        const now = io.now().getTime();
        await say(
          `waiting: ${first === undefined ? 'for the gate' : lackText(first, now)}; checking again in ${Math.max(1, Math.ceil((until - now) / 1000))}s`,
        );
      },
      onRead: (view) => {
        aliases ??= view.aliases;
      },
    });
    return reportOf({
      run,
      result,
      environment: loaded.environment,
      selection: shownFlags(flags, loaded, io),
      target: context.store.target,
      source,
      emulators: emulatorsOf({ participants: plan.participants, crossReferences: [] }, env, loaded.label),
      aliases: aliases ?? new Map(),
      settings: loaded.settings.rotation,
      rollouts: context.rollouts,
      label: loaded.label,
      now: io.now().getTime(),
    });
  } finally {
    await opened.close();
  }
}

/** @throws UsageError where programs are not wanted, and the rotation would run some */
function refusePrograms({ settings, environment }: Loaded, { env }: Io): void {
  if (!refusesCommands(env)) return;
  const participants = Object.values(settings.environments[environment]?.participants ?? {});
  const isRunning =
    Object.values(settings.rotation.hooks).some((hooks) => hooks.length > 0) ||
    participants.some(({ rollout }) => rollout !== undefined);
  if (isRunning)
    throw new UsageError(
      `this rotation runs programs (rotation.hooks or rollout), which --no-commands (${noCommandsVariable}) refuses`,
      'Leave --no-commands out, or take the programs out of the configuration.',
    );
}
