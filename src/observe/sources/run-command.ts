import { ChildProcess, spawn } from 'node:child_process';
import { Secret } from '../../secret/secret.js';
import { codeOf } from '../../system/error-code.js';

/** Maximum size of the output in bytes. */
const largestOutput = 64 * 1024;

/** Number of bytes of standard error to keep, from its end. */
const mostSaid = 4096;

/** Result of running a program. */
export type Ran =
  | { readonly is: 'output'; readonly output: Buffer }
  | { readonly is: 'not-started'; readonly code: string | null }
  | {
      readonly is: 'ended';
      readonly status: number | null;
      readonly signal: string | null;
      /** The last line of its standard error. It may contain a secret until it is redacted. */
      readonly lastLine: string;
    }
  | { readonly is: 'too-large' }
  | { readonly is: 'stopped' };

export interface Running {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Kills it immediately. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Its standard output is read and forgotten, however much it is. */
  readonly discardsOutput?: boolean;
}

/**
 * Runs a program without a shell, and collects its standard output and the end of its standard error, which may
 * contain the secret. It gets no input. On a timeout or too much output, it is killed with all processes that it
 * started.
 */
export function run(program: string, args: readonly string[], running: Running): Promise<Ran> {
  return new Promise((resolve) => {
    if (running.signal.aborted) return resolve({ is: 'stopped' });
    const child = start(program, args, running);
    if (!(child instanceof ChildProcess)) return resolve({ is: 'not-started', code: child.code });
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (ran: Ran): void => {
      clearTimeout(timer);
      running.signal.removeEventListener('abort', stop);
      resolve(ran);
    };
    const end = (ran: Ran): void => {
      settle(ran);
      kill(child);
      // A process that left the process group may still hold the other end.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const stop = (): void => end({ is: 'stopped' });
    const timer = setTimeout(stop, running.timeoutMs);
    running.signal.addEventListener('abort', stop, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      if (running.discardsOutput === true) return;
      size += chunk.length;
      if (size > largestOutput) end({ is: 'too-large' });
      else chunks.push(chunk);
    });
    let said = Buffer.alloc(0);
    child.stderr?.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]).subarray(-mostSaid);
    });
    child.once('error', (error) => settle({ is: 'not-started', code: codeOf(error) }));
    child.once('close', (status, signal) => {
      const ended: Ran = { is: 'ended', status, signal, lastLine: lastLineOf(said, Buffer.concat(chunks)) };
      settle(status === 0 ? { is: 'output', output: Buffer.concat(chunks) } : ended);
    });
  });
}

/** The text on standard output may be the secret: its words, and everything that can be decoded to a part of it, are removed. */
function lastLineOf(said: Buffer, printed: Buffer): string {
  const lines = said.toString('utf8').split(/\r?\n|\r/);
  const last = lines.findLast((line) => line.trim() !== '')?.trim() ?? '';
  if (last === '' || printed.length === 0) return last;
  const [hidden = ''] = Secret.hider([new Secret(printed)], '[…]')([last]);
  const words = new Set(printed.toString('utf8').split(/\s+/));
  return hidden.replace(/\S+/g, (word) => (words.has(word) ? '[…]' : word));
}

function start(
  program: string,
  args: readonly string[],
  running: Running,
): ChildProcess | { code: string | null } {
  try {
    return spawn(program, args, {
      cwd: running.cwd,
      env: { ...running.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A separate process group, so that child processes can be killed with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return { code: codeOf(error) };
  }
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
