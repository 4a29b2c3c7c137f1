import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** The program as it is installed. */
export const bin = resolve(import.meta.dirname, '../../bin/jwtcheck.js');

/** The exit of a run of the real command, and its output. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Only PATH and HOME are inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** Called with the output so far, at every write; may send a signal. */
  readonly onOutput?: (
    written: { stdout: string; stderr: string },
    kill: (signal: NodeJS.Signals) => void,
  ) => void;
  /** Send this signal once that happened. */
  readonly killOnce?: {
    happened: Promise<unknown> | ((pid: number) => Promise<unknown>);
    signal: NodeJS.Signals;
  };
  /** Send the same signal again once that happened. */
  readonly killAgainOnce?: (pid: number) => Promise<unknown>;
  /** Leave standard input open. */
  readonly keepStdin?: boolean;
}

/** Runs the real command line in a separate process. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      written[name] += text;
      options.onOutput?.(written, kill);
    });
  }
  child.stdin.on('error', () => {});
  if (options.keepStdin !== true) child.stdin.end(options.input ?? '');
  const closed = once(child, 'close');
  const { killOnce, killAgainOnce } = options;
  const killing = async (): Promise<void> => {
    if (killOnce === undefined || child.pid === undefined) return;
    const { happened, signal } = killOnce;
    await (typeof happened === 'function' ? happened(child.pid) : happened);
    kill(signal);
    await killAgainOnce?.(child.pid);
    if (killAgainOnce !== undefined) kill(signal);
  };
  const [[code, signal]] = await Promise.race([
    Promise.all([closed, killing()]),
    // The process may end by itself before the event that triggers the kill.
    closed.then((ended) => [ended]),
  ]);
  child.stdin.destroy();
  return { code, signal, ...written };
}
