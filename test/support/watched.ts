import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriftEvent } from '../../src/monitor/monitor-model.js';
import { bin } from './cli.js';
import { runHere } from './here.js';
import { startServer, type TestServer } from './http-server.js';
import { untilTurn } from './turns.js';

/** Polls until the condition holds. The limit of polls lies where a test would end as one that hangs. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks += 1) {
    if (looks === 5000) throw new Error(`waited in vain: ${what}`);
    await sleep(20);
  }
}

/** A running `jwtcheck watch`. */
export interface Watching {
  readonly child: Pick<ChildProcess, 'kill' | 'exitCode' | 'signalCode' | 'pid'>;
  stdout(): string;
  stderr(): string;
  /** Events on standard output, of `-f ndjson`. */
  events(): DriftEvent[];
  /** The address of its page. */
  url(): Promise<string>;
  /** Sends a signal, and resolves with how it ended. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null }>;
}

interface WatchOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `jwtcheck watch` in a separate process. */
export function startWatch(
  args: readonly string[],
  options: WatchOptions,
): Watching & { readonly child: ChildProcess } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [bin, 'watch', ...args], {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  return Object.assign(watching(child, written, once(child, 'close')), { child });
}

/** Starts `jwtcheck watch` within this process, as `runHere` runs other commands. */
export function watchHere(args: readonly string[], { cwd, env }: WatchOptions): Watching {
  const written = { stdout: '', stderr: '' };
  const self = new EventEmitter();
  let exitCode: number | null = null;
  const onOutput = (now: typeof written): void => void Object.assign(written, now);
  const ended = runHere(['watch', ...args], { cwd, env, onOutput }, self).then(({ code }) => {
    exitCode = code;
  });
  const child = {
    // Not before it listens: a real process would just end.
    kill(signal: NodeJS.Signals) {
      const name = signal === 'SIGKILL' ? 'SIGTERM' : signal;
      void untilTurn(() => exitCode !== null || self.listenerCount(name) > 0).then(() =>
        self.emit(name, name),
      );
      return true;
    },
    get exitCode() {
      return exitCode;
    },
    signalCode: null,
    pid: process.pid,
  };
  return watching(child, written, ended);
}

function watching(
  child: Watching['child'],
  written: { stdout: string; stderr: string },
  closed: Promise<unknown>,
): Watching {
  return {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    events: () =>
      written.stdout
        .split('\n')
        .slice(0, -1)
        .map((line): DriftEvent => JSON.parse(line)),
    async url() {
      const find = () => /page and metrics:\s+(http:\S+?)\/?\s/.exec(written.stderr)?.[1];
      await until('it tells where its page is', () => find() !== undefined || child.exitCode !== null);
      const url = find();
      if (url === undefined) throw new Error(`it ended: ${written.stderr}`);
      return url;
    },
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await closed;
      return { code: child.exitCode };
    },
  };
}

/** A webhook that records the events it received. */
export interface Hook extends TestServer {
  readonly received: readonly DriftEvent[];
  /** Bodies with an invalid signature. */
  readonly unsigned: readonly string[];
}

/** Starts a webhook; `answer` returns the status of the next answer. */
export async function startHook(signingSecret: string, answer: () => number = () => 200): Promise<Hook> {
  const received: DriftEvent[] = [];
  const unsigned: string[] = [];
  const server = await startServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const expected = `sha256=${createHmac('sha256', signingSecret).update(body).digest('hex')}`;
    if (request.headers['x-jwtcheck-signature'] !== expected) unsigned.push(body);
    const status = answer();
    if (status < 300) received.push(JSON.parse(body));
    response.writeHead(status).end();
  });
  return Object.assign(server, { received, unsigned });
}
