import type { RotationPace } from '../../../demo/rotation/rotation-configuration.js';
import { JwtcheckError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import type { Io } from '../../../system/io.js';
import type { RotationReport } from '../rotate/rotate-report.js';
import { takeStep } from '../rotate/run.js';
import type { MeasuredWindow } from './rotation-outcome.js';
import type { RotationStory } from './rotation-story.js';

/** The commands of a rotation that goes as planned. */
export type RotationCommand = 'start' | 'next';

/** How a command ended. */
export interface StepEnd {
  readonly code: ExitCode;
  /** Its result in a sentence. */
  readonly message: string;
  /** Why it did not end with 0; `null` if it did. */
  readonly problem: string | null;
  /** What a cutover measured. */
  readonly measured: MeasuredWindow | null;
}

/** Milliseconds that a command waits for its gate at most. */
const waitMs = 180_000;

interface Around {
  readonly config: string;
  readonly folder: string;
  readonly pace: RotationPace;
  readonly isCutover: boolean;
  readonly story: RotationStory;
}

/** Runs `jwtcheck rotate` itself, within this process. */
export function stepRunner(
  { config, folder, pace, isCutover, story }: Around,
  io: Io,
): (command: RotationCommand) => Promise<StepEnd> {
  return async (command) => {
    const isCutoverStart = isCutover && command === 'start';
    await story.command(
      `jwtcheck rotate ${command}${isCutoverStart ? ' --cutover' : ''} --apply --wait ${waitMs / 60_000}m`,
    );
    const flags = {
      command,
      config,
      environment: 'staging',
      apply: true,
      waitMs,
      intervalMs: pace.intervalMs,
      trusts: [],
      isCutover: isCutoverStart,
      allowEmulator: true,
      style: { color: false, columns: 1000, verbose: false, quiet: false },
    } as const;
    const report = await takeStep(flags, {
      ...io,
      cwd: folder,
      stderr: { write: (text) => story.note(text.trimEnd()) },
    });
    if (report.result.stop?.is === 'interrupted') throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
    const { exitCode: code, headline } = report;
    return {
      code,
      message: headline.text,
      problem: code === 0 ? null : whyNot(report),
      measured: measuredBy(report),
    };
  };
}

function whyNot({ headline, gate, notes }: RotationReport): string {
  const waiting =
    gate === null || gate.holds
      ? []
      : gate.waitingFor.map(({ participant, probe, what }) =>
          [participant ?? '', probe ?? '', what].filter((part) => part !== '').join(' '),
        );
  const words = notes.map((note) => ('command' in note ? note.command : note.text));
  return [headline.text, ...waiting, ...words].join('. ');
}

function measuredBy({ result: { cutover } }: RotationReport): MeasuredWindow | null {
  if (cutover === null) return null;
  const { presented, rejected, from, until } = cutover.window;
  return { presented, rejected, durationMs: from === null || until === null ? null : until - from };
}
