import type { Output } from '../../system/io.js';
import { longestWaitMs } from '../state/patience.js';

export interface PatientOptions {
  /** Milliseconds that one write may hold up whoever waits for it. */
  readonly ms?: number;
  /** A text was left out, because nothing that was written before it is taken. */
  readonly onSkipped: () => void;
  /** What is written once everything is taken again, after so many were left out. */
  readonly catchUp: (skipped: number) => string;
}

/**
 * An output whose reader may stop reading. No write holds anything up for long: what comes while an earlier text waits
 * too long is left out, and how much that was is written once the reader goes on.
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
        // The loop has timers of its own; this one keeps no process alive.
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
