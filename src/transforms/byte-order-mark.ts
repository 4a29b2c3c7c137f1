import { type Transform, utf8, type Variant } from './transform.js';

const mark = utf8('\ufeff');
const wideMark = '\xff\xfe';
const wideMarkBigEndian = '\xfe\xff';

/** The mark's three bytes, read as latin1 or cp1252 and written again as UTF-8. */
const misread = utf8('\u00ef\u00bb\u00bf');

const endings = [
  ['', ''],
  ['\r\n', ' and a CRLF at its end'],
  ['\n', ' and a newline at its end'],
] as const;

/** U+FEFF at the start, as editors on Windows write it, also in UTF-16, as `>` of PowerShell does. */
export const byteOrderMark: Transform = {
  code: 'byte-order-mark',
  words: {
    title: 'A byte-order mark is part of the key',
    explanation:
      'Editors and shells on Windows begin files with U+FEFF, which no terminal shows. A program that reads the file ' +
      'unchanged has three additional bytes in the key; in a dotenv file the mark becomes part of the first name.',
    example: 'PowerShell wrote the secret with `>`; the mounted file begins with EF BB BF.',
    proof:
      "One side's fingerprint matches the other side's secret with U+FEFF before it, in UTF-8 or UTF-16.",
    incidents: ['hermes-agent#65123'],
    remedy:
      'Save the file as UTF-8 without a mark; in PowerShell use `Set-Content -NoNewline -Encoding utf8NoBOM`.',
    phrase: 'with a byte-order mark',
    look: 'Where the value is set, look at its first bytes (head -c 3 FILE | xxd), and save the file as UTF-8 without a mark.',
  },
  *apply({ latin1, unicode }, all) {
    yield { to: mark + latin1, text: 'with a byte-order mark before it' };
    if (!all) return;
    yield { to: misread + latin1, text: 'with a byte-order mark before it that was read as latin1' };
    yield { to: mark + mark + latin1, text: 'with two byte-order marks before it' };
    yield { to: latin1 + mark, text: 'with a byte-order mark (U+FEFF) after it' };
    if (unicode === null) return;
    for (const [end, words] of endings) {
      yield* wide(`\ufeff${unicode}${end}`, words);
    }
  },
  *undo(input) {
    const { latin1 } = input;
    if (latin1.startsWith(mark))
      yield { to: latin1.slice(mark.length), text: 'without its byte-order mark', filter: 'tail -c +4' };
    if (latin1.endsWith(mark))
      yield { to: latin1.slice(0, -mark.length), text: 'without the byte-order mark at its end' };
    if (latin1.startsWith(misread))
      yield {
        to: latin1.slice(misread.length),
        text: 'without its byte-order mark, which was read as latin1',
      };
    const text = narrow(input.bytes);
    if (text === null) return;
    yield { to: Buffer.from(text), text: 'in UTF-8 without a byte-order mark' };
    yield { to: Buffer.from(text.trimEnd()), text: 'in UTF-8 without a byte-order mark and line ending' };
  },
};

function* wide(text: string, words: string): Iterable<Variant> {
  const little = Buffer.from(text, 'utf16le');
  yield { to: little, text: `in UTF-16 with a byte-order mark${words}` };
  yield { to: Buffer.from(little).swap16(), text: `in UTF-16 (big-endian) with a byte-order mark${words}` };
}

/** The text of UTF-16 with a byte order mark; `null` for everything else. */
function narrow(bytes: Buffer): string | null {
  const start = bytes.toString('latin1', 0, 2);
  if (bytes.length % 2 !== 0 || bytes.length < 4) return null;
  if (start === wideMark) return bytes.toString('utf16le', 2);
  return start === wideMarkBigEndian ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le') : null;
}
