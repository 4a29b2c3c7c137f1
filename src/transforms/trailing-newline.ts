import { asText, changed, type Distortion } from './distortion.js';

/** A newline at the end: `echo` instead of `printf`, an editor's last line. */
export const trailingNewline: Distortion = {
  code: 'trailing-newline',
  apply(bytes) {
    const text = asText(bytes);
    return [
      ...changed(text, `${text}\n`, 'with "\\n" appended'),
      ...changed(text, `${text}\n\n`, 'with two "\\n" appended'),
    ];
  },
  undo(bytes) {
    if (bytes.at(-1) !== 0x0a) return [];
    const text = asText(bytes);
    let end = text.length;
    while (text[end - 1] === '\n') end -= 1;
    return [
      ...changed(text, text.slice(0, -1), 'without its last "\\n"'),
      ...(end < text.length - 1 ? changed(text, text.slice(0, end), 'without the "\\n"s at its end') : []),
    ];
  },
};
