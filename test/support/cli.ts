import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** The program as it is installed. */
export const bin = resolve(import.meta.dirname, '../../bin/jwtcheck.js');

/** How a run of the real command ended, and what it wrote. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly ms: number;
  /** Milliseconds from the first signal that was sent to the end; `null` where none was. */
  readonly msAfterSignal: number | null;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Nothing is inherited but PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Called with what was written so far, whenever something was; may send a signal. */
  readonly onOutput?: (
    written: { stdout: string; stderr: string },
    kill: (signal: NodeJS.Signals) => void,
  ) => void;
  /** Send this signal after so many milliseconds. */
  readonly killAfter?: { ms: number; signal: NodeJS.Signals };
  /** Send this signal so many milliseconds after the first one. */
  readonly killAgainAfter?: { ms: number; signal: NodeJS.Signals };
  /** Send this signal once that happened. */
  readonly killOnce?: { happened: Promise<unknown>; signal: NodeJS.Signals };
  /** Leave standard input open. */
  readonly keepStdin?: boolean;
}

/** Runs the real command line in a process of its own. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const started = performance.now();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  let signalled: number | null = null;
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    if (signalled !== null) return;
    signalled = performance.now();
    const { killAgainAfter: again } = options;
    if (again !== undefined) setTimeout(kill, again.ms, again.signal);
  };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      written[name] += text;
      options.onOutput?.(written, kill);
    });
  }
  child.stdin.on('error', () => {});
  if (options.keepStdin !== true) child.stdin.end(options.input ?? '');
  const { killOnce } = options;
  void killOnce?.happened.then(() => kill(killOnce.signal));
  const timer =
    options.killAfter === undefined
      ? undefined
      : setTimeout(kill, options.killAfter.ms, options.killAfter.signal);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  child.stdin.destroy();
  const ended = performance.now();
  const msAfterSignal = signalled === null ? null : ended - signalled;
  return { code, signal, ...written, ms: ended - started, msAfterSignal };
}
