import type { Output } from '../../system/io.js';
import { longestWaitMs } from '../state/patience.js';

export interface PatientOptions {
  /** The longest delay of the caller by one write, in milliseconds. */
  readonly ms?: number;
  /** A text was dropped, because an earlier text is still waiting for the reader. */
  readonly onSkipped: () => void;
  /** The message after dropped texts, once the reader continues. */
  readonly catchUp: (skipped: number) => string;
}

/**
 * An output whose reader may stop reading. No write delays the caller for long: texts are dropped while an earlier one
 * waits too long. Their number is written once the reader continues.
 */
export function patientOutput(output: Output, options: PatientOptions): Output {
  const { ms = longestWaitMs, onSkipped, catchUp } = options;
  let overdue = 0;
  let skipped = 0;
  const goOn = (): void => {
    overdue -= 1;
    if (overdue > 0 || skipped === 0) return;
    const text = catchUp(skipped);
    skipped = 0;
    void output.write(text);
  };
  return {
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
    write(text, holds) {
      if (overdue > 0) {
        skipped += 1;
        onSkipped();
        return Promise.resolve();
      }
      const writing = output.write(text, holds);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          overdue += 1;
          writing.then(goOn, goOn);
          resolve();
        }, ms);
        // The loop has its own timers; this timer keeps no process alive.
        timer.unref();
        const done = (): void => {
          clearTimeout(timer);
          resolve();
        };
        writing.then(done, done);
      });
    },
  };
}
