import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { main } from '../../src/main.js';

/** How a run of the whole program in this process ended, and what it wrote. */
export interface MainRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs `main` as bin/jwtcheck.js does, with a process of its own in everything that it is given. */
export async function runMain(args: readonly string[], options: Options = {}): Promise<MainRun> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const emitter = new EventEmitter();
  const self = Object.create(
    process,
    Object.fromEntries(
      Object.entries({
        argv: ['node', 'jwtcheck', ...args],
        execArgv: [],
        env: { PATH: process.env.PATH, ...options.env },
        cwd: () => options.cwd ?? '/',
        stdin: Readable.from(options.input === undefined ? [] : [options.input]),
        stdout: sink('stdout'),
        stderr: sink('stderr'),
        on: emitter.on.bind(emitter),
        once: emitter.once.bind(emitter),
        off: emitter.off.bind(emitter),
        listeners: emitter.listeners.bind(emitter),
        removeAllListeners: emitter.removeAllListeners.bind(emitter),
      }).map(([name, value]) => [name, { value }]),
    ),
  );
  const code = await main(self);
  return { code, ...written };
}
