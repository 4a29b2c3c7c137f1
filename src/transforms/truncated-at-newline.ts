import { asText, changed, type Distortion } from './distortion.js';

/** Only the first line was read, such as of `openssl rand -base64 64`, which prints two. */
export const truncatedAtNewline: Distortion = {
  code: 'truncated-at-newline',
  apply(bytes) {
    const text = asText(bytes);
    const first = /\r?\n/.exec(text);
    // A newline at the very end is another matter.
    if (first === null || /^\s*$/.test(text.slice(first.index))) return [];
    return [
      ...changed(text, text.slice(0, first.index), 'cut at its first newline'),
      ...changed(text, text.slice(0, text.indexOf('\n') + 1), 'cut after its first newline'),
    ];
  },
  undo: () => [],
};
