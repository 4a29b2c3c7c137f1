import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretId } from '../../../demo/configuration.js';
import type { RotationPace } from '../../../demo/rotation/rotation-configuration.js';
import { type RotationWorld, startRotationWorld } from '../../../demo/rotation/rotation-world.js';
import { startTraffic, type Traffic } from '../../../demo/rotation/traffic.js';
import { JwtcheckError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { emulatorVariable } from '../../../observe/sources/google/endpoint.js';
import type { Style } from '../../../report/reporter.js';
import { jsonText } from '../../../report/text/json-text.js';
import { parseRecord, rotationAnnotation } from '../../../rotation/rotation-record.js';
import { createFile } from '../../../system/files.js';
import type { Io } from '../../../system/io.js';
import type { RotationReport } from '../rotate/rotate-report.js';
import { takeStep } from '../rotate/run.js';
import { exitCodeOf, type MeasuredWindow, outcomeDocument } from './rotation-outcome.js';
import { RotationStory, summaryOf } from './rotation-story.js';

interface DemoRotateFlags {
  readonly format: 'pretty' | 'json';
  readonly style: Style;
  /** Services that hold one key, and restart. */
  readonly isCutover: boolean;
}

/** What a test replaces. */
export interface Replaced {
  readonly pace?: RotationPace;
  /** Carries out a command of the rotation. */
  readonly runStep?: (command: RotationCommand, world: RotationWorld) => Promise<StepEnd>;
}

/** A whole rotation in about a minute. */
const unhurried: RotationPace = {
  refresh: '2s',
  settle: '3s',
  tokenLife: 20,
  startMs: 500,
  intervalMs: 1000,
  samples: 4,
  perSecond: 125,
};

/** From the first state to the last one. */
const commandsOf = {
  overlap: ['start', 'next', 'next', 'next'],
  cutover: ['start', 'next', 'next'],
} as const satisfies Record<string, readonly RotationCommand[]>;

/**
 * Rotates the key of a whole system on this machine under constant traffic, with the commands that any user runs.
 * @returns 0 if the rotation was completed and no valid token was rejected; with `isCutover`, if it was completed
 */
export async function demoRotate(flags: DemoRotateFlags, io: Io, replaced: Replaced = {}): Promise<ExitCode> {
  const { pace = unhurried } = replaced;
  const { isCutover, style, format } = flags;
  const world = await startRotationWorld(pace, { isCutover, now: io.now });
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-demo-'));
  let traffic: Traffic | null = null;
  try {
    const config = join(folder, '.jwtcheckrc.json');
    await createFile(config, JSON.stringify(world.config, null, 2), 0o600);
    const story = new RotationStory(io, style);
    await story.introduce(isCutover, { 'Secret Manager': world.secretManager.url, ...world.services });
    const state = stateReader(world);
    const now = (): number => io.now().getTime();
    traffic = startTraffic({ ...world, perSecond: pace.perSecond, state, now });
    const users = traffic;
    // Waiting for the traffic ends with it.
    const interrupted = (): void => void users.stop();
    io.signal.addEventListener('abort', interrupted, { once: true });
    await users.flowing();
    // The user's own settings must not redirect the rotation.
    const kept = Object.entries(io.env).filter(([name]) => name !== emulatorVariable);
    const env = { ...Object.fromEntries(kept), ...world.env, JWTCHECK_ALLOW_EMULATOR: '1' };
    const run = replaced.runStep ?? stepRunner({ config, pace, isCutover, folder, story }, { ...io, env });
    let last: StepEnd = { code: 0, message: '', problem: null, measured: null };
    let measured: MeasuredWindow | null = null;
    for (const [index, command] of commandsOf[isCutover ? 'cutover' : 'overlap'].entries()) {
      // In a cutover, tokens of the old key are seen to be rejected until they have expired.
      if (isCutover && index === 1) await users.expired('1');
      last = await run(command, world);
      measured ??= last.measured;
      await story.entered(state(), last.message, users.tally.counts);
      if (last.code !== 0) break;
    }
    const { elapsedMs, moments } = story;
    await users.stop();
    io.signal.removeEventListener('abort', interrupted);
    const { code, problem } = last;
    const tally = users.tally.result();
    const outcome = { isCutover, code, problem, measured, tally, elapsedMs, moments };
    await io.stdout.write(format === 'json' ? jsonText(outcomeDocument(outcome)) : summaryOf(outcome, style));
    return exitCodeOf(outcome);
  } finally {
    await traffic?.stop();
    await Promise.allSettled([world.close(), rm(folder, { recursive: true, force: true })]);
  }
}

/** The state that the secret itself remembers. */
function stateReader({ secretManager }: RotationWorld): () => string {
  let known = { text: '', state: 'idle' };
  return () => {
    const { annotations } = secretManager.store.secret(secretId).metadata.written;
    const text = annotations.get(rotationAnnotation) ?? '';
    if (text !== known.text) {
      const parsed = parseRecord(text);
      known = { text, state: parsed.ok ? parsed.record.state : known.state };
    }
    return known.state;
  };
}

/** The commands of a rotation that goes as planned. */
type RotationCommand = 'start' | 'next';

/** How a command ended. */
interface StepEnd {
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

interface StepContext {
  readonly config: string;
  readonly folder: string;
  readonly pace: RotationPace;
  readonly isCutover: boolean;
  readonly story: RotationStory;
}

/** Runs `jwtcheck rotate` itself, within this process. */
function stepRunner(
  { config, folder, pace, isCutover, story }: StepContext,
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
