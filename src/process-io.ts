import type { Io, Output } from './io.js';
import type { ExitCode } from './model.js';

/** The process as the program's arguments, and the two signals that end it. */
export function processIo(self: NodeJS.Process) {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => controller.abort(signal);
  // Once only: who presses Ctrl-C a second time wants it to end, whatever it still does.
  self.once('SIGINT', stop);
  self.once('SIGTERM', stop);
  // What nobody caught would end the process with a message that may hold anything. After the first there is nothing to add.
  let crash: (error: unknown) => void = () => {};
  const crashed = new Promise<unknown>((resolve) => {
    crash = resolve;
  });
  self.on('uncaughtException', crash);
  const io: Io = {
    env: self.env,
    cwd: self.cwd(),
    stdin: self.stdin,
    stdout: output(self.stdout),
    stderr: output(self.stderr),
    now: () => new Date(),
    signal: controller.signal,
  };
  return {
    io,
    /** Settles with an error that nobody caught; never otherwise. */
    crashed,
    /** Settles a while after an interruption, so that a command may tidy up; never otherwise. */
    interrupted: (afterMs: number): Promise<ExitCode> =>
      new Promise((resolve) => {
        controller.signal.addEventListener('abort', () => {
          const code = controller.signal.reason === 'SIGTERM' ? 143 : 130;
          setTimeout(() => resolve(code), afterMs).unref();
        });
      }),
    release: () => {
      self.off('SIGINT', stop);
      self.off('SIGTERM', stop);
    },
  };
}

function output(stream: NodeJS.WriteStream): Output {
  let closed = false;
  // A reader such as `head` that has read enough closes the pipe; that is no failure of ours.
  stream.on('error', () => {
    closed = true;
  });
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (closed) return resolve();
        stream.write(text, () => resolve());
      }),
  };
}
