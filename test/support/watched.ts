import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DriftEvent } from '../../src/monitor/model.js';
import { bin } from './cli.js';
import { startServer, type TestServer } from './http-server.js';

/** Looks again and again until it holds. It gives up after so many looks that a test would be ended as one that hangs. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks += 1) {
    if (looks === 5000) throw new Error(`waited in vain: ${what}`);
    await sleep(20);
  }
}

/** A run of `jwtcheck watch` that goes on. */
export interface Watching {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Events on standard output, of `-f ndjson`. */
  events(): DriftEvent[];
  /** Where its page is. */
  url(): Promise<string>;
  /** Sends a signal, and resolves with how it ended. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null }>;
}

export function startWatch(
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>> },
): Watching {
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
  const closed = once(child, 'close');
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

/** A webhook that remembers what it was told. */
export interface Hook extends TestServer {
  readonly received: readonly DriftEvent[];
  /** Bodies whose signature was wrong. */
  readonly unsigned: readonly string[];
}

/** Starts a webhook; `answer` says with which status it answers the next request. */
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
