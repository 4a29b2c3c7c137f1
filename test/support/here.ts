import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { main as Main } from '../../src/main.js';
import type { Run, RunOptions } from './cli.js';

/** The built program, which every process runs as well. */
const program = pathToFileURL(resolve(import.meta.dirname, '../../dist/main.js')).href;

/**
 * Runs the whole command line inside this process, with a simulated `process` as its only environment. Use {@link
 * runCli} for the behaviour of a real process: its end by a signal, the files that it leaves, and the output of Node
 * itself.
 * @param self the process, which receives its signals as events
 */
export async function runHere(
  args: readonly string[],
  options: RunOptions = {},
  self = new EventEmitter(),
): Promise<Run> {
  const { main }: { main: typeof Main } = await import(/* @vite-ignore */ program);
  const { PATH = '', HOME = '' } = process.env;
  const written = { stdout: '', stderr: '' };
  const kill = (signal: NodeJS.Signals): void => void self.emit(signal, signal);
  const output = (name: 'stdout' | 'stderr') =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        written[name] += String(chunk);
        options.onOutput?.(written, kill);
        done();
      },
    });
  const { stdout, stderr } = { stdout: output('stdout'), stderr: output('stderr') };
  const stdin =
    options.keepStdin === true ? new PassThrough() : Readable.from([Buffer.from(options.input ?? '')]);
  Object.assign(self, {
    argv: [process.execPath, 'jwtcheck', ...args],
    execArgv: [],
    env: { PATH, HOME, ...options.env },
    cwd: () => options.cwd ?? process.cwd(),
    stdin,
    stdout,
    stderr,
    version: process.version,
    platform: process.platform,
    arch: process.arch,
  });
  const { killOnce } = options;
  if (typeof killOnce?.happened === 'object') void killOnce.happened.then(() => kill(killOnce.signal));
  // @ts-expect-error what the program takes of a process is there
  const code = await main(self);
  stdin.destroy();
  return { code, signal: null, ...written };
}
