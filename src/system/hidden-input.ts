import { JwtcheckError, UsageError } from '../errors.js';
import type { Io } from './io.js';

/** The limit of the input in bytes: no secret and no token is longer. */
const longestInput = 64 * 1024;

const enter: ReadonlySet<number> = new Set([0x0a, 0x0d]);
const ctrlC = 0x03;
const ctrlD = 0x04;
const ctrlU = 0x15;
const backspace: ReadonlySet<number> = new Set([0x08, 0x7f]);
/** Terminals put these around pasted text if a program requested it; they are never part of a secret. */
const pasteMarks = /\u001b\[20[01]~/g;

/** Whether `readHidden` can hide what is typed on this standard input. */
export function canHideInput(stdin: Io['stdin']): boolean {
  return stdin.isTTY === true && stdin.setRawMode !== undefined;
}

/**
 * Reads one line from a terminal without showing it. Enter or Ctrl-D ends the line and is not part of it; Backspace
 * deletes a character and Ctrl-U the line.
 * @throws UsageError if several lines were pasted, because the rest would go to the shell, or if the line is too long
 * @throws JwtcheckError (ERR_INTERRUPTED) on Ctrl-C and on a signal
 */
export async function readHidden(
  { stdin, stderr, signal }: Pick<Io, 'stdin' | 'stderr' | 'signal'>,
  question: string,
): Promise<Buffer> {
  await stderr.write(question);
  stdin.setRawMode?.(true);
  try {
    return await readLine(stdin, signal);
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    await stderr.write('\n');
  }
}

function readLine(stdin: Io['stdin'], signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const typed: number[] = [];
    const settle = (end: () => void): void => {
      stdin.off('data', take);
      stdin.off('end', done);
      stdin.off('error', fail);
      signal.removeEventListener('abort', interrupt);
      end();
    };
    const interrupt = (): void => settle(() => reject(new JwtcheckError('ERR_INTERRUPTED', 'interrupted')));
    const fail = (): void => settle(() => reject(new UsageError('standard input cannot be read')));
    const done = (): void =>
      settle(() => {
        const text = Buffer.from(typed).toString('latin1');
        resolve(Buffer.from(text.replace(pasteMarks, ''), 'latin1'));
      });
    const endOf = (byte: number, rest: Buffer): (() => void) | null => {
      if (byte === ctrlC) return interrupt;
      if (byte === ctrlD) return done;
      if (!enter.has(byte)) return null;
      return rest.every((next) => enter.has(next)) ? done : () => settle(() => reject(severalLines()));
    };
    const take = (chunk: Buffer | string): void => {
      const bytes = Buffer.from(chunk);
      for (const [index, byte] of bytes.entries()) {
        const end = endOf(byte, bytes.subarray(index + 1));
        if (end !== null) {
          end();
          return;
        }
        if (backspace.has(byte)) deleteCharacter(typed);
        else if (byte === ctrlU) typed.length = 0;
        else typed.push(byte);
      }
      if (typed.length > longestInput)
        settle(() => reject(new UsageError('the input is over 64 KiB: no secret is as long')));
    };
    if (signal.aborted) return interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    stdin.on('data', take);
    stdin.once('end', done);
    stdin.once('error', fail);
    stdin.resume();
  });
}

/** Takes off the last character: in UTF-8 the bytes after its first begin with the bits 10. */
function deleteCharacter(typed: number[]): void {
  let last = typed.pop();
  while (last !== undefined && (last & 0xc0) === 0x80) last = typed.pop();
}

const severalLines = (): UsageError =>
  new UsageError(
    'what was pasted has more than one line',
    'Write it to a file and use --file, or send it through a pipe.',
  );
