import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that goes on until the test ends it. */
export interface Daemon {
  /** Such as `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** What it answers to a GET, as JSON. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts a program that serves HTTP, and waits until `ready` answers 200.
 * @throws Error with what it wrote, where it ends before
 */
export async function startDaemon(
  path: string,
  args: readonly string[],
  { origin, ready }: { origin: string; ready: string },
): Promise<Daemon> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await closed;
  };
  const isReady = () =>
    fetch(origin + ready).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let looks = 0; !(await isReady()); looks += 1) {
    const late = looks === 2000;
    if (!late && child.exitCode === null) {
      await sleep(50);
      continue;
    }
    await stop();
    throw new Error(`${path} ${late ? 'does not get ready' : 'ended'}: ${said}`);
  }
  return { origin, stop, get: async (at) => (await fetch(origin + at)).json() };
}

/** Asks again and again until the answer is one that was waited for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  isIt: (answer: T) => boolean,
): Promise<T> {
  for (let looks = 0; ; looks += 1) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (looks === 1000) throw new Error(`waited in vain: ${what}; last: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}
