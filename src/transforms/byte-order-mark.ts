import { isUtf8 } from 'node:buffer';
import type { Distortion, Variant } from './distortion.js';

const mark = Buffer.from('\ufeff');
const wideMark = Buffer.from('\ufeff', 'utf16le');

/** U+FEFF at the start, as editors on Windows write it, also in UTF-16, as `>` of PowerShell does. */
export const byteOrderMark: Distortion = {
  code: 'byte-order-mark',
  apply: (bytes) => [
    { bytes: Buffer.concat([mark, bytes]), text: 'with a byte-order mark before it' },
    ...wide(bytes, '', 'in UTF-16 with a byte-order mark'),
    ...wide(bytes, '\r\n', 'in UTF-16 with a byte-order mark and "\\r\\n"'),
  ],
  undo(bytes) {
    if (startsWith(bytes, mark) && bytes.length > mark.length)
      return [{ bytes: bytes.subarray(mark.length), text: 'without its byte-order mark' }];
    if (!startsWith(bytes, wideMark) || bytes.length % 2 !== 0 || bytes.length === wideMark.length) return [];
    const text = bytes.subarray(wideMark.length).toString('utf16le');
    return [{ bytes: Buffer.from(text), text: 'in UTF-8 without a byte-order mark' }];
  },
};

function wide(bytes: Buffer, end: string, text: string): Variant[] {
  if (!isUtf8(bytes)) return [];
  return [{ bytes: Buffer.from(`\ufeff${bytes.toString()}${end}`, 'utf16le'), text }];
}

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);
