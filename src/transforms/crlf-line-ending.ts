import { asText, changed, type Distortion, longestSearched } from './distortion.js';

/** Line endings of Windows: a carriage return at the end, or before every newline. */
export const crlfLineEnding: Distortion = {
  code: 'crlf-line-ending',
  apply(bytes) {
    const text = asText(bytes);
    return [
      ...changed(text, `${text}\r\n`, 'with "\\r\\n" appended'),
      ...changed(text, `${text}\r`, 'with "\\r" appended'),
      ...(text.includes('\n') && text.length <= longestSearched
        ? changed(text, unix(text).replaceAll('\n', '\r\n'), 'with "\\r\\n" for every "\\n"')
        : []),
    ];
  },
  undo(bytes) {
    if (!bytes.includes(0x0d)) return [];
    const text = asText(bytes);
    return [
      ...(text.endsWith('\r\n') ? changed(text, text.slice(0, -2), 'without its last "\\r\\n"') : []),
      ...(text.endsWith('\r') ? changed(text, text.slice(0, -1), 'without its last "\\r"') : []),
      ...changed(text, unix(text), 'with "\\n" for every "\\r\\n"'),
    ];
  },
};

const unix = (text: string): string => text.replaceAll('\r\n', '\n');
