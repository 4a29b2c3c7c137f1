import { JwtcheckError } from '../errors.js';
import type { ExitCode } from '../model.js';
import { forTerminal } from '../report/text/escape-terminal.js';
import type { Io, Output } from './io.js';

/** The exit code that an interruption asks for. */
export function interruption(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? 143 : 130;
}

/** What ends a process or has a meaning of its own for it, as far as a program can receive it. */
const passedSignals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;

/** How long a command may tidy up after an interruption where it does not ask for more, in milliseconds. */
const defaultGrace = 1500;

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
  withoutWrongWarnings(self);
  let graceMs = defaultGrace;
  let unwritten: ((error: Error) => void) | null = null;
  const interrupted = new Promise<ExitCode>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      setTimeout(() => resolve(interruption(controller.signal)), graceMs).unref();
    });
  });
  // A monitor that is told to read its configuration again while it still starts must not end by that.
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
    // A failure there could be told nowhere.
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
    /** Settles with an error that nobody caught; never otherwise. */
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
 * Google's library warns of whatever answers in the place of a metadata server, in the very words of the answer. The report
 * says that there are no credentials. And Node 24 warns that it ignores NO_COLOR beside FORCE_COLOR, which this program
 * does not: it ignores the other one. Every other warning is printed as ever.
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

/** A reader such as `head` that has read enough closes the pipe, and the stream after it; that is no failure of ours. */
const readEnough: ReadonlySet<unknown> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/**
 * @param failed told of the first failure to write, and says whether the program goes on; where it does not, what is
 * being written then never ends, so that nothing overtakes its end
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
