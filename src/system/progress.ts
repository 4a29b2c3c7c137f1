import { sanitizeAndTruncate } from '../report/text/sanitize.js';
import type { Output } from './io.js';

/** A progress line on a terminal. */
export interface Progress {
  /** The number of finished and of all steps, and the last step. Bound: it may be passed as a function. */
  readonly update: (done: number, total: number, label?: string) => void;
  /** Clears the line; resolves once that was written. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds between two drawings: eyes need no more, and a slow terminal must not slow the work. */
const pause = 100;

const clearLine = '\r\u001b[2K';
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

const silent: Progress = { update: () => {}, stop: () => Promise.resolve() };

/**
 * Progress for a terminal. Writes nothing if `out` is missing or `enabled` is false. A failure of the terminal never
 * stops the work.
 */
export function createProgress(out: Output, enabled: boolean): Progress {
  if (!enabled || out.isTTY !== true) return silent;
  let latest: string | null = null;
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const write = (text: string): Promise<void> => out.write(text, 'terminal-control').catch(() => {});
  const draw = (): void => {
    timer = undefined;
    if (latest === null) return;
    const frame = frames[drawn % frames.length] ?? '';
    drawn += 1;
    // One column stays free, because some terminals wrap once the last one is filled.
    void write(
      `${clearLine}${sanitizeAndTruncate(`${frame} ${latest}`, Math.max((out.columns ?? 80) - 1, 1))}`,
    );
    latest = null;
    timer = setTimeout(draw, pause);
    timer.unref();
  };

  return {
    update(done, total, name) {
      if (stopped) return;
      latest = `${done} of ${total}${name === undefined || name === '' ? '' : `  ${name}`}`;
      if (timer === undefined) draw();
    },
    async stop() {
      stopped = true;
      latest = null;
      clearTimeout(timer);
      if (drawn > 0) await write(clearLine);
      drawn = 0;
    },
  };
}
