import type { Distortion } from './distortion.js';

/** A newline at the end: `echo` instead of `printf`, an editor's last line. */
export const trailingNewline: Distortion = {
  code: 'trailing-newline',
  apply: (bytes) => [{ bytes: Buffer.concat([bytes, Buffer.from('\n')]), text: 'with "\\n" appended' }],
  undo: (bytes) =>
    bytes.at(-1) === 0x0a ? [{ bytes: bytes.subarray(0, -1), text: 'without its last "\\n"' }] : [],
};
