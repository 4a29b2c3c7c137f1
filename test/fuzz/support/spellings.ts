import { type Encoding, encodings } from '../../support/readable.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const code = (character: string): number => character.codePointAt(0) ?? 0;

/** Every second or third character is written in another way, the others as they are. */
const some =
  (every: number, write: Encoding): Encoding =>
  (text) =>
    Array.from(text, (character, at) => (at % every === 0 ? write(character) : character)).join('');

const percent: Encoding = (text) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const unicode: Encoding = (text) =>
  Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** Ways to write a text that services mix. */
const mixed: Readonly<Record<string, Encoding>> = {
  'percent, every second': some(2, percent),
  'JSON, every third': some(3, unicode),
  'HTML, every second': some(2, (character) => `&#${code(character)};`),
  'HTML, hex in upper case, every third': some(
    3,
    (character) => `&#X${code(character).toString(16).toUpperCase()};`,
  ),
  'HTML with zeros': (text) =>
    Array.from(text, (character) => `&#${String(code(character)).padStart(6, '0')};`).join(''),
  'JSON with braces': (text) =>
    Array.from(text, (character) => `\\u{${code(character).toString(16)}}`).join(''),
  'upper case, every second': some(2, (character) => character.toUpperCase()),
  'base64 of JSON': (text) => base64(JSON.stringify({ token: text, ok: false })),
  'base64 of a form': (text) => base64(new URLSearchParams({ a: '1', token: text }).toString()),
  'base64 in lines of mail': (text) => base64(text).replace(/.{76}/g, '$&\r\n'),
  'base64 in groups': (text) => base64(text).replace(/.{4}/g, '$& '),
  'base64 without padding, after a word': (text) => `token${base64(text).replace(/=+$/, '')}`,
  'hex in groups of four': (text) => Buffer.from(text).toString('hex').replace(/.{4}/g, '$& '),
  'hex, after a word': (text) => `0x${Buffer.from(text).toString('hex')}`,
  'hex, mixed case': (text) => some(2, (digit) => digit.toUpperCase())(Buffer.from(text).toString('hex')),
  'JSON in JSON': (text) => JSON.stringify({ e: JSON.stringify({ token: text }) }),
  'a URL': (text) =>
    `https://a.example/cb?next=${encodeURIComponent(`/x?token=${encodeURIComponent(text)}`)}`,
  quoted: (text) => `'${text}'`,
  'between letters': (text) => `abc${text}xyz`,
  'with spaces': (text) => [...text].join(' '),
  'with line breaks': (text) => text.replace(/.{5}/g, '$&\n'),
  'in two quotes': (text) => `"${text.slice(0, 9)}" "${text.slice(9)}"`,
};

/** Ways to write what is repeated: those that are tested one by one, and mixtures. */
export const spellings: Readonly<Record<string, Encoding>> = { ...encodings, ...mixed };
