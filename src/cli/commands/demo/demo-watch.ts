import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Received, startAlertReceiver } from '../../../demo/alert-receiver.js';
import { startDemo } from '../../../demo/world.js';
import type { ExitCode } from '../../../model.js';
import { createFile } from '../../../system/files.js';
import type { Io } from '../../../system/io.js';
import { isEventFormat, type WatchOptions, watch } from '../watch/run.js';

export { isEventFormat };

export interface DemoWatchFlags extends Pick<WatchOptions, 'format' | 'style' | 'listen'> {
  /** Continue after the scenario, until interrupted. */
  readonly keep: boolean;
}

/** Speed of the demonstration: `interval` is that of the checks, the others are milliseconds. */
export interface Pace {
  readonly interval: string;
  readonly beforeDrift: number;
  readonly beforeRepair: number;
  readonly atTheEnd: number;
  readonly patience: number;
}

/** Enough time to read, and to open the page. */
const unhurried: Pace = {
  interval: '2s',
  beforeDrift: 6000,
  beforeRepair: 14_000,
  atTheEnd: 3000,
  patience: 30_000,
};

/**
 * Demonstrates a drift: a secret drifts, the alert arrives, an operator fixes it, and the resolution arrives. It
 * takes up to a minute, and uses the command that any user runs.
 * @returns 0 if all notifications arrived as expected, 3 if an alert is missing
 */
export async function demoWatch(flags: DemoWatchFlags, io: Io, pauses = unhurried): Promise<ExitCode> {
  const say = (text: string): Promise<void> => io.stderr.write(`\n── ${text}\n\n`);
  const received: Received[] = [];
  let wake = (): void => {};
  const signingSecret = randomBytes(32).toString('base64url');
  const world = await startDemo('consistent', { now: io.now });
  const receiver = await startAlertReceiver(signingSecret, (one) => {
    received.push(one);
    const signature = one.genuine ? 'its signature is right' : 'its signature is WRONG';
    void io.stderr.write(`   the webhook received ${one.type} (${one.level}); ${signature}\n\n`);
    wake();
  });
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-demo-'));
  const over = new AbortController();
  const interrupted = (): void => over.abort(io.signal.reason);
  io.signal.addEventListener('abort', interrupted, { once: true });
  const arrives = async (type: string): Promise<boolean> => {
    const patience = AbortSignal.timeout(pauses.patience);
    while (!received.some((one) => one.type === type)) {
      if (patience.aborted || over.signal.aborted) return false;
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        sleep(200),
      ]);
    }
    return true;
  };
  const rest = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { signal: over.signal }).catch(() => {});
  try {
    const config = join(folder, '.jwtcheckrc.json');
    const settings = {
      interval: pauses.interval,
      jitter: '0s',
      listen: '127.0.0.1:0',
      notify: [{ kind: 'webhook', url: `${receiver.url}/alerts`, signingSecret: '$' + '{ALERT_SECRET}' }],
    };
    await createFile(config, JSON.stringify({ ...world.config, watch: settings }, null, 2), 0o600);
    const unset = new Set(world.unset);
    const kept = Object.entries(io.env).filter(([name]) => !unset.has(name));
    const env = {
      ...Object.fromEntries(kept),
      ...world.env,
      ALERT_SECRET: signingSecret,
      JWTCHECK_ALLOW_EMULATOR: '1',
    };
    const watching = watch({ ...flags, config, environment: 'staging' }, { ...io, env, signal: over.signal });
    const story = async (): Promise<boolean> => {
      await say('Open the page in a browser. In a moment, the secret of the backend drifts.');
      await rest(pauses.beforeDrift);
      if (over.signal.aborted) return true;
      await say('The backend restarts with a secret file that was written with echo, which adds a newline.');
      await world.restartAs('trailing-newline');
      if (!(await arrives('drift-detected'))) return false;
      await rest(pauses.beforeRepair);
      if (over.signal.aborted) return true;
      await say('An operator follows the remedy: writes the secret with printf, and restarts the backend.');
      await world.restartAs('consistent');
      if (!(await arrives('drift-resolved'))) return false;
      await rest(pauses.atTheEnd);
      if (flags.keep) await say('The demonstration is complete; everything keeps running until Ctrl-C.');
      return true;
    };
    const asTold = await Promise.race([story(), watching.then(() => true)]);
    if (!flags.keep || !asTold) over.abort('over');
    const code = await watching;
    if (io.signal.aborted) return code;
    if (!asTold) await say('An alert did not arrive in time.');
    return asTold ? 0 : 3;
  } finally {
    over.abort('over');
    io.signal.removeEventListener('abort', interrupted);
    await Promise.allSettled([world.close(), receiver.close(), rm(folder, { recursive: true, force: true })]);
  }
}
