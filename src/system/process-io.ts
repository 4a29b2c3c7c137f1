import { JwtcheckError } from '../errors.js';
import type { ExitCode } from '../model.js';
import { forTerminal } from '../report/text/escape.js';
import type { Io, Output } from './io.js';

/** The exit code for an interruption. */
export function interruption(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? 143 : 130;
}

/** The signals that end a process or have a special meaning for it, as far as a program can receive them. */
const passedSignals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;

/** The default time for cleanup of a command after an interruption, in milliseconds. */
const defaultGrace = 1500;

/** The process as the program's arguments, and the two signals that end it. */
export function processIo(self: NodeJS.Process) {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => controller.abort(signal);
  // Once only: a second Ctrl-C must end the process, whatever it is doing.
  self.once('SIGINT', stop);
  self.once('SIGTERM', stop);
  // An uncaught error would end the process with a message that may contain anything. After the first there is nothing
  // to add.
  let crash: (error: unknown) => void = () => {};
  const crashed = new Promise<unknown>((resolve) => {
    crash = resolve;
  });
  self.on('uncaughtException', crash);
  withoutWrongWarnings(self);
  let graceMs = defaultGrace;
  let unwritten: ((error: Error) => void) | null = null;
  const interrupted = new Promise<ExitCode>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      setTimeout(() => resolve(interruption(controller.signal)), graceMs).unref();
    });
  });
  // A reload signal during the start must not end the monitor.
  let hungUp = false;
  const early = (): void => {
    hungUp = true;
  };
  if (self.argv[2] === 'watch') self.on('SIGHUP', early);
  const io: Io = {
    env: self.env,
    inheritedEnv: { ...self.env },
    cwd: self.cwd(),
    stdin: self.stdin,
    stdout: output(self.stdout, (error) => {
      (unwritten ?? crash)(error);
      return unwritten !== null;
    }),
    // A failure there could not be reported anywhere.
    stderr: output(self.stderr, null),
    now: () => new Date(),
    signal: controller.signal,
    grace: (ms) => {
      graceMs = ms;
    },
    onUnwritten: (listener) => {
      unwritten = listener;
    },
    onHangUp: (listener) => {
      self.on('SIGHUP', listener);
      if (hungUp) setImmediate(listener);
      hungUp = false;
      return () => self.off('SIGHUP', listener);
    },
    onSignal: (listener) => {
      self.off('SIGINT', stop);
      self.off('SIGTERM', stop);
      for (const signal of passedSignals) self.on(signal, listener);
      return () => {
        for (const signal of passedSignals) self.off(signal, listener);
      };
    },
  };
  return {
    io,
    /** Settles with an uncaught error; never otherwise. */
    crashed,
    /** Settles a while after an interruption, so that a command may tidy up; never otherwise. */
    interrupted,
    release: () => {
      self.off('SIGINT', stop);
      self.off('SIGTERM', stop);
      self.off('SIGHUP', early);
    },
  };
}

/**
 * Google's library warns about any server in the place of a metadata server, and quotes its answer. The report already
 * says that there are no credentials. Node 24 also warns that it ignores NO_COLOR beside FORCE_COLOR, but this program
 * ignores FORCE_COLOR. All other warnings are printed.
 */
function withoutWrongWarnings(self: NodeJS.Process): void {
  const printers = self.listeners('warning');
  self.removeAllListeners('warning');
  self.on('warning', (warning) => {
    if (warning.name === 'MetadataLookupWarning' || isAboutColor(warning)) return;
    for (const print of printers) print.call(self, warning);
  });
}

const isAboutColor = ({ message }: Error): boolean =>
  message.includes("'NO_COLOR'") && message.includes("'FORCE_COLOR'");

/**
 * A reader such as `head` closes the pipe once it has read enough, and the stream closes after it; that is no failure.
 */
const readEnough: ReadonlySet<unknown> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/**
 * @param failed called at the first failure to write; returns whether the program continues. If not, the current write
 * stays pending, so that nothing runs before the end of the process
 */
function output(stream: NodeJS.WriteStream, failed: ((error: JwtcheckError) => boolean) | null): Output {
  let closed = false;
  let goesOn = false;
  const waiting: (() => void)[] = [];
  const isFailure = (error: NodeJS.ErrnoException | null | undefined): boolean =>
    failed !== null && error !== null && error !== undefined && !readEnough.has(error.code);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed && isFailure(error)) goesOn = failed?.(unwrittenBy(error)) ?? false;
    closed = true;
    if (goesOn) for (const resolve of waiting.splice(0)) resolve();
  });
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    write: (text, holds = 'text') =>
      new Promise((resolve) => {
        if (closed) return resolve();
        stream.write(forTerminal(text, holds), (error) => {
          if (!isFailure(error) || goesOn) resolve();
          else waiting.push(resolve);
        });
      }),
  };
}

function unwrittenBy({ code }: NodeJS.ErrnoException): JwtcheckError {
  const why = code === undefined ? '' : ` (${code})`;
  return new JwtcheckError('ERR_USAGE', `the report could not be written${why}`);
}
