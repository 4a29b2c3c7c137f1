import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { JwtcheckError } from '../../errors.js';
import { sanitize } from '../../report/text/sanitize.js';
import type { Io } from '../../system/io.js';

/** Asks the user, one line at a time. */
export interface Prompt {
  /**
   * Asks until the answer is valid; Enter accepts the default. Invalid answers are not repeated.
   * @throws JwtcheckError (ERR_INTERRUPTED) on Ctrl-C and Ctrl-D
   */
  ask(question: string, guess: string, refuse: (answer: string) => string | null): Promise<string>;
  /** A yes or no question; Enter accepts the default. */
  confirm(question: string, guess: boolean): Promise<boolean>;
  close(): void;
}

/** Prompts on standard error, so that standard output stays usable. */
export function openPrompt({ stdin, stderr, signal }: Pick<Io, 'stdin' | 'stderr' | 'signal'>): Prompt {
  const output = Object.assign(
    new Writable({
      write: (chunk, _, done) => void stderr.write(String(chunk), 'terminal-control').then(() => done()),
    }),
    { columns: stderr.columns ?? 80, isTTY: true },
  );
  const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  const left = new AbortController();
  const leave = (): void => left.abort();
  lines.once('SIGINT', leave);
  lines.once('close', leave);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();

  const line = async (question: string): Promise<string> => {
    try {
      return (await lines.question(question, { signal: left.signal })).trim();
    } catch {
      await stderr.write('\n');
      throw new JwtcheckError('ERR_INTERRUPTED', 'nothing was written');
    }
  };
  return {
    async ask(question, guess, refuse) {
      for (;;) {
        const answer =
          (await line(`${sanitize(question)}${guess === '' ? '' : ` [${sanitize(guess)}]`}: `)) || guess;
        const why = refuse(answer);
        if (why === null) return answer;
        await stderr.write(`  ${why}\n`);
      }
    },
    async confirm(question, guess) {
      for (;;) {
        const answer = (await line(`${sanitize(question)} [${guess ? 'Y/n' : 'y/N'}] `)).toLowerCase();
        if (answer === '') return guess;
        if (['y', 'yes', 'n', 'no'].includes(answer)) return answer.startsWith('y');
      }
    },
    close() {
      lines.removeListener('close', leave);
      signal.removeEventListener('abort', leave);
      lines.close();
    },
  };
}
