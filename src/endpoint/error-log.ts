import { KeyError } from './key.js';

/** Minimum interval of log lines in milliseconds, regardless of the number of requests. */
const pauseMs = 60_000;

/**
 * Logs why a secret could not be read to standard error, so that a failure is never silent. The message of a foreign error
 * is omitted, because errors about unparsable secrets often quote them.
 * @param what the subject of the line, such as `the keys`
 * @param clock milliseconds
 */
export function errorLog(what: string, clock: () => number): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (clock() - last < pauseMs) return;
    last = clock();
    // biome-ignore lint/suspicious/noConsole: the log of the service that embeds this, where it names no other
    console.error(
      `jwtcheck/endpoint: ${what} could not be read (\`onError\` receives the whole error): ${describeError(error)}`,
    );
  };
}

/** The type of an error, and where it was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof KeyError) return error.message;
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const code = 'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(error.code);
  const name = `${error.constructor.name}${code ? ` ${error.code}` : ''}`;
  const [first] = framesOf(error);
  return first === undefined ? name : `${name} ${first}`;
}

/** Lines such as `at load (file.js:3:7)`; none if they cannot be distinguished from the message. */
function framesOf({ stack = '', message }: Error): string[] {
  const at = stack.indexOf(message);
  if (at === -1) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at \S/.test(line));
}

/** A log that fails, synchronously or later, must neither prevent an answer nor end the service. */
export function quietly(run: () => unknown): void {
  try {
    Promise.resolve(run()).catch(() => {});
  } catch {
    // There is no other place to report it.
  }
}
