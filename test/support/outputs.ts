import { Readable } from 'node:stream';
import type { Io, Output } from '../../src/system/io.js';

/** An output that records what was written. */
export interface Recorder extends Output {
  readonly text: () => string;
  readonly writes: readonly string[];
}

export function aRecorder(terminal: { isTTY?: boolean; columns?: number } = {}): Recorder {
  const writes: string[] = [];
  return {
    ...terminal,
    writes,
    text: () => writes.join(''),
    write(text) {
      writes.push(text);
      return Promise.resolve();
    },
  };
}

/** A process with empty standard input and recorded outputs. */
export function anIo(): Io & { readonly stdout: Recorder; readonly stderr: Recorder } {
  return {
    env: {},
    inheritedEnv: {},
    cwd: '/',
    stdin: Readable.from([]),
    stdout: aRecorder(),
    stderr: aRecorder(),
    now: () => new Date('2026-01-31T12:00:00Z'),
    signal: new AbortController().signal,
    grace: () => {},
    onUnwritten: () => {},
    onHangUp: () => () => {},
    onSignal: () => () => {},
  };
}
