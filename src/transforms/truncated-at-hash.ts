import { asText, changed, type Distortion } from './distortion.js';

/** `#` taken for the start of a comment. */
export const truncatedAtHash: Distortion = {
  code: 'truncated-at-hash',
  apply(bytes) {
    const text = asText(bytes);
    const first = text.indexOf('#');
    if (first < 0) return [];
    const afterBlank = text.search(/[ \t]#/);
    return [
      ...changed(text, text.slice(0, first), 'cut at its first "#"'),
      ...(afterBlank < 0 ? [] : changed(text, text.slice(0, afterBlank), 'cut at its first " #"')),
    ];
  },
  undo: () => [],
};
