import { type Input, type Transform, utf8, type Variant } from './transform.js';

/** Windows-1252 where it differs from ISO 8859-1: 0x80 to 0x9f. */
const cp1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Code page 437 and Mac Roman, 0x80 to 0xff. */
const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
const cp850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
const macRoman =
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ';
const latin9 = new Map([
  ...([...'\u20ac\u0160\u0161\u017d\u017e\u0152\u0153\u0178'].map((character, index) => [
    character,
    [0xa4, 0xa6, 0xa8, 0xb4, 0xb8, 0xbc, 0xbd, 0xbe][index] ?? 0,
  ]) as [string, number][]),
]);

interface Charset {
  readonly name: string;
  /** The character of a byte from 0x80 on. */
  character(byte: number): string;
}

const charsets: readonly Charset[] = [
  {
    name: 'cp1252',
    character: (byte) => (byte < 0xa0 ? (cp1252[byte - 0x80] ?? '') : String.fromCharCode(byte)),
  },
  { name: 'latin1', character: (byte) => String.fromCharCode(byte) },
  { name: 'cp437', character: (byte) => cp437[byte - 0x80] ?? '' },
  { name: 'cp850', character: (byte) => cp850[byte - 0x80] ?? '' },
  { name: 'Mac Roman', character: (byte) => macRoman[byte - 0x80] ?? '' },
  {
    name: 'latin9',
    character: (byte) => [...latin9].find(([, known]) => known === byte)?.[0] ?? String.fromCharCode(byte),
  },
];

const bytesOf = new Map<Charset, ReadonlyMap<string, string>>();

function tableOf(charset: Charset): ReadonlyMap<string, string> {
  const known = bytesOf.get(charset);
  if (known !== undefined) return known;
  const table = new Map<string, string>();
  for (let byte = 0x80; byte <= 0xff; byte += 1)
    table.set(charset.character(byte), String.fromCharCode(byte));
  bytesOf.set(charset, table);
  return table;
}

/** The replacements of typed characters by word processors and chats. */
const typography: readonly (readonly [typed: string, written: string])[] = [
  ['---', '\u2014'],
  ['--', '\u2014'],
  ['--', '\u2013'],
  ['-', '\u2013'],
  ['-', '\u2014'],
  ['-', '\u2011'],
  ['-', '\u2010'],
  ['-', '\u2212'],
  ['...', '\u2026'],
  [' ', '\u00a0'],
  ['<<', '\u00ab'],
  ['>>', '\u00bb'],
  ["'", '\u2019'],
  ["'", '\u2018'],
  ['"', '\u201d'],
  ['"', '\u201c'],
  ['(c)', '\u00a9'],
  ['(r)', '\u00ae'],
  ['->', '\u2192'],
  ['<-', '\u2190'],
  ['=>', '\u21d2'],
  ['1/2', '\u00bd'],
  ['fi', '\ufb01'],
  ['fl', '\ufb02'],
  ["'", '\u00b4'],
];

/** The same text in another character set or normal form. */
export const characterEncoding: Transform = {
  code: 'character-encoding',
  words: {
    title: 'The text of the secret is in another character encoding',
    explanation:
      'The secret has characters outside ASCII, and the sides encode them as different bytes: UTF-8, latin1, UTF-16, ' +
      'another Unicode normal form, or with "?" for characters that could not be encoded. Or a word processor replaced ' +
      'characters with typographic ones. HMAC compares bytes, not characters.',
    example:
      'A Java service calls getBytes() where the default charset is latin1: "é" is one byte instead of two.',
    proof: "One side's fingerprint matches the other side's text in another character set or normal form.",
    incidents: ['FastEndpoints#844'],
    remedy:
      'Use secrets of ASCII letters and digits, or random bytes in base64; name UTF-8 wherever text becomes bytes.',
    phrase: 'in another character encoding',
    look: 'Where the value is read, name the encoding (UTF-8) instead of using the default; where it is set, paste it as plain text.',
  },
  *apply(input, all) {
    const { unicode, latin1, isLong } = input;
    if (isLong) return;
    if (unicode === null) {
      yield* misread(input);
      return;
    }
    yield { to: Buffer.from(unicode, 'utf16le'), text: 'in UTF-16' };
    if (!input.isAscii) {
      yield { to: written(unicode, charsets[1], '?'), text: 'in latin1' };
      yield {
        to: unicode.replace(/[^\0-\x7f]/gu, '?'),
        text: 'in ASCII, with "?" for every other character',
      };
      yield { to: unicode.replace(/[^\0-\x7f]/gu, ''), text: 'without its characters beyond ASCII' };
      yield { to: utf8(latin1), text: 'with its UTF-8 read as latin1' };
      yield { to: utf8(read(latin1, charsets[0])), text: 'with its UTF-8 read as cp1252' };
    }
    if (!all) return;
    yield* wide(unicode);
    yield* typographic(unicode);
    if (!input.isAscii) yield* beyondAscii(input, unicode);
  },
  *undo(input, all) {
    const { unicode, bytes, isLong } = input;
    if (isLong) return;
    if (unicode === null) yield* misread(input);
    if (unicode !== null && !input.isAscii) {
      for (const charset of charsets) {
        const once = written(unicode, charset, '');
        if (once.length > 1) yield { to: once, text: `with its text written as ${charset.name}` };
        if (!all) break;
      }
    }
    if (!all) return;
    yield* narrow(bytes);
    if (unicode === null) return;
    for (const [typed, shown] of typography) {
      if (unicode.includes(shown))
        yield { to: utf8(unicode.replaceAll(shown, typed)), text: 'without its typographic characters' };
    }
  },
};

/** Bytes that are not UTF-8, but text in an older character set, read and written as UTF-8. */
function* misread({ latin1 }: Input): Iterable<Variant> {
  // Control characters beyond ASCII do not occur in text: the bytes are binary.
  if (/[\0-\x08\x0e-\x1f\x7f]/.test(latin1)) return;
  for (const charset of charsets)
    yield { to: utf8(read(latin1, charset)), text: `in UTF-8 instead of ${charset.name}` };
  yield {
    to: utf8(Buffer.from(latin1, 'latin1').toString('utf8')),
    text: 'with the replacement character (U+FFFD) for what is not UTF-8',
  };
  yield { to: latin1.replace(/[\x80-\xff]/g, '?'), text: 'in ASCII, with "?" for every other character' };
  yield { to: latin1.replace(/[\x80-\xff]/g, ''), text: 'without its characters beyond ASCII' };
}

function* wide(text: string): Iterable<Variant> {
  for (const [end, words] of [
    ['', ''],
    ['\n', ', with a newline at its end'],
    ['\r\n', ', with a CRLF at its end'],
    ['\0', ', with a NUL character at its end'],
  ] as const) {
    const little = Buffer.from(text + end, 'utf16le');
    const big = Buffer.from(little).swap16();
    yield { to: little, text: `in UTF-16${words}` };
    yield { to: big, text: `in UTF-16 (big-endian)${words}` };
    for (const [mark, name, bytes] of [
      ['', '', little],
      ['', ' (big-endian)', big],
      ['\xff\xfe', ' with a byte-order mark', little],
      ['\xfe\xff', ' (big-endian) with a byte-order mark', big],
    ] as const) {
      const all = Buffer.concat([Buffer.from(mark, 'latin1'), bytes]);
      yield { to: utf8(all.toString('utf8')), text: `in UTF-16${name}${words}, read as UTF-8` };
      yield { to: utf8(all.toString('latin1')), text: `in UTF-16${name}${words}, read as latin1` };
    }
  }
  const four = Buffer.concat(
    [...text].map((one) => {
      const at = Buffer.alloc(4);
      at.writeUInt32LE(one.codePointAt(0) ?? 0);
      return at;
    }),
  );
  yield { to: four, text: 'in UTF-32' };
  yield { to: Buffer.from(four).swap32(), text: 'in UTF-32 (big-endian)' };
}

function* narrow(bytes: Buffer): Iterable<Variant> {
  if (bytes.length % 2 !== 0 || bytes.length < 4 || !bytes.includes(0)) return;
  yield { to: utf8(bytes.toString('utf16le')), text: 'in UTF-8 instead of UTF-16' };
  yield {
    to: utf8(Buffer.from(bytes).swap16().toString('utf16le')),
    text: 'in UTF-8 instead of UTF-16 (big-endian)',
  };
}

function* typographic(text: string): Iterable<Variant> {
  for (const [typed, shown] of typography) {
    if (text.includes(typed))
      yield {
        to: utf8(text.replaceAll(typed, shown)),
        text: `with a typographic character for every ${JSON.stringify(typed)}`,
      };
  }
  if (/["']/.test(text)) yield { to: utf8(curled(text)), text: 'with typographic quotes for straight ones' };
  if (text.includes('--'))
    yield {
      to: utf8(curled(text.replaceAll('---', '\u2014').replaceAll('--', '\u2013'))),
      text: 'with typographic dashes and quotes',
    };
}

/** Follows word processors: an opening quote at the start and after a space, a closing one elsewhere. */
const curled = (text: string): string =>
  text
    .replace(/(^|[\s([{<])"/g, '$1\u201c')
    .replace(/"/g, '\u201d')
    .replace(/(^|[\s([{<])'/g, '$1\u2018')
    .replace(/'/g, '\u2019');

function* beyondAscii({ latin1 }: Input, text: string): Iterable<Variant> {
  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const)
    yield { to: utf8(text.normalize(form)), text: `in the Unicode normal form ${form}` };
  for (const charset of charsets) {
    for (const [other, words] of [
      ['?', ''],
      ['', ', without what it does not have'],
    ] as const)
      yield { to: written(text, charset, other), text: `in ${charset.name}${words}` };
    const once = read(latin1, charset);
    yield { to: utf8(once), text: `with its UTF-8 read as ${charset.name}` };
    yield { to: utf8(read(utf8(once), charset)), text: `with its UTF-8 read as ${charset.name}, twice` };
    yield {
      to: written(text.normalize('NFC'), charset, '?'),
      text: `in the Unicode normal form NFC and ${charset.name}`,
    };
  }
  yield { to: latin1.replace(/[\x80-\xff]/g, '?'), text: 'with "?" for every byte beyond ASCII' };
  yield {
    to: utf8(latin1.replace(/[\x80-\xff]/g, '\ufffd')),
    text: 'with U+FFFD for every byte beyond ASCII',
  };
  yield {
    to: utf8(text.replace(/[^\0-\x7f]/gu, '\ufffd')),
    text: 'with U+FFFD for every character beyond ASCII',
  };
  yield { to: text.replace(/[^\0-\x7f]/g, '?'), text: 'in ASCII, with "?" for every other UTF-16 unit' };
  yield { to: text.replace(/[^\0-\x7f]/gu, '_'), text: 'with "_" for every character beyond ASCII' };
  yield { to: text.replace(/[^\0-\x7f]/gu, ' '), text: 'with a space for every character beyond ASCII' };
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '');
  yield { to: utf8(bare), text: 'without its accents' };
  yield {
    to: text.normalize('NFKD').replace(/[^\0-\x7f]/gu, ''),
    text: 'without its accents and other characters beyond ASCII',
  };
  yield { to: utf8(text.toLowerCase()), text: 'in lower case' };
  yield { to: utf8(text.toUpperCase()), text: 'in upper case' };
  yield {
    to: [...text].map((one) => String.fromCharCode((one.codePointAt(0) ?? 0) & 0xff)).join(''),
    text: 'with the lowest byte of every character',
  };
  yield {
    to: [...latin1].map((one) => String.fromCharCode(one.charCodeAt(0) & 0x7f)).join(''),
    text: 'with seven bits of every byte',
  };
}

/** The text that these bytes are in a character set. */
const read = (latin1: string, charset: Charset | undefined): string =>
  latin1.replace(/[\x80-\xff]/g, (byte) => charset?.character(byte.charCodeAt(0)) ?? byte);

/** The bytes of a text in a character set, one character each. */
function written(text: string, charset: Charset | undefined, other: string): string {
  if (charset === undefined) return text;
  const table = tableOf(charset);
  return text.replace(/[^\0-\x7f]/gu, (one) => table.get(one) ?? other);
}
