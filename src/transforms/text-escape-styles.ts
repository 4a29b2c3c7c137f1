import { parseJson } from '../schema/read-json.js';
import type { EscapeStyle } from './escape-styles.js';

const hexOf = (code: number, width: number, upper: boolean): string => {
  const hex = code.toString(16).padStart(width, '0');
  return upper ? hex.toUpperCase() : hex;
};

/** `\u00e9` for every UTF-16 unit that is not ASCII. */
const units = (text: string, upper: boolean): string =>
  text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${hexOf(unit.charCodeAt(0), 4, upper)}`);

const quoted = (text: string): string => JSON.stringify(text);

const parsed = (text: string): string => {
  const value = parseJson(text);
  return typeof value === 'string' ? value : text;
};

/** For whole texts: they get quotes, or characters beyond ASCII are written as escapes. */
export const textStyles: readonly EscapeStyle[] = [
  {
    text: 'as a JSON string',
    undone: 'as the value of that JSON string',
    usual: true,
    escape: quoted,
    unescape: parsed,
  },
  {
    text: 'as a JSON string with "\\/" for "/"',
    undone: 'as the value of that JSON string',
    usual: true,
    escape: (text) => units(quoted(text), false).replaceAll('/', '\\/'),
  },
  {
    text: 'as a JSON string with "\\/" for "/", other characters as they are',
    undone: 'as the value of that JSON string',
    escape: (text) => quoted(text).replaceAll('/', '\\/'),
  },
  {
    text: 'as a JSON string as Go writes it',
    undone: 'as the value of that JSON string',
    escape: (text) =>
      quoted(text).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
  },
  {
    text: 'as a JSON string in ASCII',
    undone: 'as the value of that JSON string',
    escape: (text) => units(quoted(text), false),
  },
  {
    text: 'as a JSON string, twice',
    undone: 'as the value of that JSON string',
    usual: true,
    escape: (text) => quoted(quoted(text)),
    unescape: (text) => parsed(parsed(text)),
  },
  {
    text: 'as a JSON string, three times',
    undone: 'as the value of that JSON string',
    escape: (text) => quoted(quoted(quoted(text))),
  },
  {
    text: 'as Ruby prints it (inspect)',
    undone: 'as the value of that Ruby string',
    escape: (text) => quoted(text).replace(/#(?=[{$@])/g, '\\#'),
    unescape: (text) => (/^".*"$/s.test(text) ? parsed(text.replaceAll('\\#', '#')) : text),
  },
  {
    text: 'as Python prints it (repr)',
    undone: 'as the value of that Python string',
    escape: (text) => {
      const inner = text
        .replaceAll('\\', '\\\\')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')
        .replaceAll('\t', '\\t');
      return inner.includes("'") && !inner.includes('"') ? `"${inner}"` : `'${inner.replaceAll("'", "\\'")}'`;
    },
  },
  {
    text: 'quoted for a shell',
    undone: 'without its shell quotes',
    escape: (text) => `'${text.replaceAll("'", "'\\''")}'`,
  },
  {
    text: 'quoted for a shell as Python does',
    undone: 'without its shell quotes',
    escape: (text) => `'${text.replaceAll("'", "'\"'\"'")}'`,
  },
  {
    text: 'quoted for YAML or SQL',
    undone: 'without its quotes',
    escape: (text) => `'${text.replaceAll("'", "''")}'`,
  },
  {
    text: 'quoted for CSV',
    undone: 'without its quotes',
    escape: (text) => `"${text.replaceAll('"', '""')}"`,
  },
  {
    text: 'with \\u escapes for what is not ASCII',
    undone: 'with its \\u escapes expanded',
    usual: true,
    escape: (text) => units(text, false),
    unescape: (text) =>
      text.replace(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  },
  {
    text: 'with \\u escapes in upper case for what is not ASCII',
    undone: 'with its \\u escapes expanded',
    escape: (text) => units(text, true),
  },
  {
    text: 'with \\x and \\u escapes for what is not ASCII, as Python writes them',
    undone: 'with its escapes expanded',
    escape: (text) =>
      text.replaceAll('\\', '\\\\').replace(/[\x7f-\u{10ffff}]/gu, (one) => {
        const code = one.codePointAt(0) ?? 0;
        return code < 0x100
          ? `\\x${hexOf(code, 2, false)}`
          : code < 0x10000
            ? `\\u${hexOf(code, 4, false)}`
            : `\\U${hexOf(code, 8, false)}`;
      }),
  },
  {
    text: 'with \\x escapes for every byte that is not ASCII',
    undone: 'with its escapes expanded',
    escape: (text) =>
      Buffer.from(text)
        .toString('latin1')
        .replace(/[\x7f-\xff]/g, (byte) => `\\x${hexOf(byte.charCodeAt(0), 2, false)}`),
  },
  {
    text: 'with octal escapes for every byte that is not ASCII',
    undone: 'with its escapes expanded',
    escape: (text) =>
      Buffer.from(text)
        .toString('latin1')
        .replace(/[\x7f-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`),
  },
  {
    text: 'with numeric HTML entities for what is not ASCII',
    undone: 'with its HTML entities expanded',
    usual: true,
    escape: (text) => text.replace(/[\x80-\u{10ffff}]/gu, (one) => `&#${one.codePointAt(0)};`),
  },
  {
    text: 'with hexadecimal HTML entities for what is not ASCII',
    undone: 'with its HTML entities expanded',
    escape: (text) =>
      text.replace(/[\x80-\u{10ffff}]/gu, (one) => `&#x${hexOf(one.codePointAt(0) ?? 0, 1, true)};`),
  },
  {
    text: 'with named HTML entities for what is not ASCII',
    undone: 'with its HTML entities expanded',
    escape: (text) => text.replace(/[\xa0-\xff]/g, (one) => `&${entities[one.charCodeAt(0) - 0xa0] ?? ''};`),
  },
  {
    text: 'in a CDATA section',
    undone: 'without its CDATA section',
    usual: true,
    escape: (text) => `<![CDATA[${text}]]>`,
    unescape: (text) => /^<!\[CDATA\[([\s\S]*)\]\]>$/.exec(text)?.[1] ?? text,
  },
  {
    text: 'with its HTML entities expanded',
    undone: 'with its HTML entities expanded',
    escape: (text) => text,
    unescape: (text) =>
      text.replace(
        /&(?:amp|lt|gt|quot|apos|#x([0-9A-Fa-f]{1,6})|#(\d{1,7}));/g,
        (found, hex?: string, digits?: string) => {
          const code = hex === undefined ? Number.parseInt(digits ?? '', 10) : Number.parseInt(hex, 16);
          if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : found;
          return basic[found] ?? found;
        },
      ),
  },
];

const basic: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

/** HTML's names of U+00A0 to U+00FF. */
const entities =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  );
