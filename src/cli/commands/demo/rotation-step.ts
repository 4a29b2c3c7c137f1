import type { RotationPace } from '../../../demo/rotation/rotation-configuration.js';
import type { ExitCode } from '../../../model.js';
import { parseJson } from '../../../schema/read-json.js';
import type { Io } from '../../../system/io.js';
import { rotate } from '../rotate/run.js';
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
    const written: string[] = [];
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
      format: 'json',
      style: { color: false, columns: 1000, verbose: false, quiet: false },
    } as const;
    const code = await rotate(flags, {
      ...io,
      cwd: folder,
      stdout: { write: async (text) => void written.push(text) },
      stderr: { write: (text) => story.note(text.trimEnd()) },
    });
    return { code, ...readReport(written.join(''), code) };
  };
}

function readReport(text: string, code: ExitCode): Omit<StepEnd, 'code'> {
  const report = fields(parseJson(text));
  const message = textOf(report.message);
  const waiting = listOf(fields(report.gate).waitingFor).map((one) => {
    const { participant, probe, what } = fields(one);
    return [participant, probe, what]
      .map(textOf)
      .filter((part) => part !== '')
      .join(' ');
  });
  const why = [message, ...waiting, ...listOf(report.notes).map(textOf)].join('. ');
  const { from, until, presented, rejected } = fields(report.cutover);
  const isMeasured = typeof presented === 'number' && typeof rejected === 'number';
  const durationMs =
    typeof from === 'string' && typeof until === 'string' ? Date.parse(until) - Date.parse(from) : null;
  return {
    message,
    problem: code === 0 ? null : why,
    measured: isMeasured ? { presented, rejected, durationMs } : null,
  };
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
