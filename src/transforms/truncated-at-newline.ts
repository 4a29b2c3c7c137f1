import { nothing, type Transform } from './transform.js';

/** Only one line was read, such as of `openssl rand -base64 64`, which prints two. */
export const truncatedAtNewline: Transform = {
  code: 'truncated-at-newline',
  words: {
    title: 'Only one line of the secret is used',
    explanation:
      'The secret has several lines, and one side reads only the first. `openssl rand -base64 64` prints two lines.',
    example: 'secret_manager holds two lines; backend_service reads its file with `head -1` or `read`.',
    proof: "One side's fingerprint matches one line of the other side's secret.",
    incidents: ['jabali-panel#193'],
    remedy: 'Make secrets of one line: `openssl rand -base64 48`, or `-A` to keep longer ones on one line.',
    phrase: 'cut at a newline',
    look: 'Where the value is read, have the whole file read; or make a secret of one line (openssl rand -base64 48).',
  },
  loses: true,
  *apply({ latin1, isLong }, all) {
    const first = /\r?\n/.exec(latin1);
    // A newline at the very end is another matter.
    if (first === null || /^\s*$/.test(latin1.slice(first.index))) return;
    yield { to: latin1.slice(0, first.index), text: 'cut at its first newline' };
    if (!all || isLong) return;
    yield { to: latin1.slice(0, latin1.indexOf('\n') + 1), text: 'cut after its first newline' };
    const lines = latin1.replace(/[\r\n]+$/, '').split(/\r?\n/);
    for (const [index, line] of lines.slice(1, 9).entries())
      yield {
        to: line,
        text: index + 2 === lines.length ? 'cut to its last line' : `cut to line ${index + 2}`,
      };
    if (lines.length > 2) {
      yield { to: lines.slice(1, -1).join('\n'), text: 'without its first and last lines' };
      yield { to: lines.slice(1, -1).join(''), text: 'without its first and last lines, in one line' };
    }
  },
  undo: nothing,
};
