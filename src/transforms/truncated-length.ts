import type { Distortion } from './distortion.js';

/** Sizes of keys, of columns and of bcrypt's input, in bytes. */
const lengths = [16, 24, 32, 48, 64, 72, 128, 255, 256];

/** Only the first so many bytes were kept. */
export const truncatedLength: Distortion = {
  code: 'truncated-length',
  apply: (bytes) =>
    lengths
      .filter((length) => length < bytes.length)
      .map((length) => ({ bytes: bytes.subarray(0, length), text: `cut to its first ${length} bytes` })),
  undo: () => [],
};
