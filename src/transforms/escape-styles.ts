import { parseJson } from '../schema/read-json.js';
/** A way of writing text in which some characters have a special meaning. */
export interface EscapeStyle {
  /** Follows "holds the secret of secret_manager". */
  readonly text: string;
  /** Follows "api holds it". */
  readonly undone: string;
  readonly usual?: true;
  escape(text: string): string;
  unescape?(text: string): string;
}

/** Replaces single characters by their escapes, and back. */
function byTable(
  text: string,
  table: Readonly<Record<string, string>>,
  { usual, undone = `not ${text}` }: { usual?: true; undone?: string } = {},
): EscapeStyle {
  const characters = new RegExp(`[${Object.keys(table).map(inClass).join('')}]`, 'g');
  const escapes = new Map(Object.entries(table).map(([character, written]) => [written, character]));
  const pattern = new RegExp([...escapes.keys()].map(literally).join('|'), 'g');
  return {
    ...(usual === undefined ? {} : { usual }),
    text,
    undone,
    escape: (plain) => plain.replace(characters, (found) => table[found] ?? found),
    unescape: (escaped) => escaped.replace(pattern, (found) => escapes.get(found) ?? found),
  };
}

const inClass = (character: string): string => character.replace(/[\\\]^-]/g, '\\$&');
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const html = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const backslashed = (characters: string): Record<string, string> =>
  Object.fromEntries([...characters].map((character) => [character, `\\${character}`]));
const jsonControls = { '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const json = { ...backslashed('"\\'), ...jsonControls };
const goJson = { ...json, '&': '\\u0026', '<': '\\u003c', '>': '\\u003e' };

/** For text whose special characters are ASCII; all other bytes are unchanged. */
export const asciiStyles: readonly EscapeStyle[] = [
  byTable('escaped for HTML', { ...html, '"': '&quot;', "'": '&#39;' }, { usual: true }),
  byTable('escaped for HTML, but for quotes', html, { usual: true }),
  byTable(
    "escaped for HTML as Python does (&#x27; for ')",
    { ...html, '"': '&quot;', "'": '&#x27;' },
    { usual: true },
  ),
  byTable('escaped for HTML, but for single quotes', { ...html, '"': '&quot;' }),
  byTable('escaped for HTML as Go does (&#34; and &#39;)', { ...html, '"': '&#34;', "'": '&#39;' }),
  byTable('escaped for HTML as Go templates do', { ...html, '"': '&#34;', "'": '&#39;', '+': '&#43;' }),
  byTable("escaped for HTML as PHP does (&#039; for ')", { ...html, '"': '&quot;', "'": '&#039;' }),
  byTable('escaped for XML', { ...html, '"': '&quot;', "'": '&apos;' }),
  byTable('escaped for HTML, with &#x2F; for "/"', { ...html, '"': '&quot;', "'": '&#x27;', '/': '&#x2F;' }),
  byTable('escaped for HTML, with &#x27; and &#x60;', {
    ...html,
    '"': '&quot;',
    "'": '&#x27;',
    '`': '&#x60;',
  }),
  byTable('escaped for HTML as Mustache does', {
    ...html,
    ...{ '"': '&quot;', "'": '&#39;', '/': '&#x2F;', '`': '&#x60;', '=': '&#x3D;' },
  }),
  byTable('with only "&" escaped for HTML', { '&': '&amp;' }),
  byTable('with only "<" and ">" escaped for HTML', { '<': '&lt;', '>': '&gt;' }),
  byTable('escaped for JSON', json, { usual: true }),
  byTable('escaped for JSON as Go does (\\u0026 for "&")', goJson, { usual: true }),
  byTable('escaped for JSON with only "&", "<" and ">" as \\u0026, \\u003c and \\u003e', {
    ...{ '&': '\\u0026', '<': '\\u003c', '>': '\\u003e' },
  }),
  byTable('escaped for JSON in HTML', { ...goJson, "'": '\\u0027' }),
  byTable('escaped for JSON as .NET does', {
    ...{ ...json, '"': '\\u0022', '&': '\\u0026', '<': '\\u003C', '>': '\\u003E' },
    ...{ "'": '\\u0027', '+': '\\u002B', '`': '\\u0060' },
  }),
  byTable('escaped for JSON as Gson does', { ...goJson, '=': '\\u003d', "'": '\\u0027' }),
  byTable('escaped for JSON with "\\/" for "/"', { ...json, '/': '\\/' }, { usual: true }),
  byTable('with a backslash before quotes and backslashes', backslashed('\'"\\'), { usual: true }),
  byTable('with a backslash before single quotes and backslashes', backslashed("'\\")),
  byTable('with a backslash before double quotes', backslashed('"')),
  byTable('with a backslash before single quotes', backslashed("'")),
  byTable('escaped for a shell in double quotes', backslashed('"\\$`')),
  byTable('escaped for a shell in double quotes, "!" too', backslashed('"\\$`!')),
  byTable('escaped for a shell', backslashed(' !"#$&\'()*,;<>?[\\]^`{|}')),
  byTable('escaped for a shell, all but letters and digits', backslashed(' !"#$%&\'()*+,:;<=>?@[\\]^`{|}~')),
  byTable(
    'escaped for a shell, but for "@", "%", "+", "=", ":", "," and "/"',
    backslashed(' !"#$&\'()*;<>?[\\]^`{|}~'),
  ),
  byTable('escaped for a regular expression', backslashed('\\^$.*+?()[]{}|')),
  byTable('escaped for a regular expression, "-" and "/" too', backslashed('\\^$.*+?()[]{}|/-')),
  byTable('with a backslash before every "!"', backslashed('!'), {
    usual: true,
    undone: 'without the backslash before its "!"',
  }),
  byTable('with a backslash before every "/"', backslashed('/'), {
    usual: true,
    undone: 'without the backslash before its "/"',
  }),
  byTable('with a backslash before every "#"', backslashed('#'), {
    undone: 'without the backslash before its "#"',
  }),
  byTable('with a backslash before every "%"', backslashed('%'), {
    undone: 'without the backslash before its "%"',
  }),
  byTable('with a backslash before every "&"', backslashed('&'), {
    undone: 'without the backslash before its "&"',
  }),
  byTable('with a backslash before every "@"', backslashed('@'), {
    undone: 'without the backslash before its "@"',
  }),
  byTable('with a backslash before every ","', backslashed(','), {
    undone: 'without the backslash before its ","',
  }),
  byTable('escaped for a properties file', backslashed(':=#!\\')),
  byTable('escaped for a connection string', backslashed(';=\\')),
  byTable('with "%%" for every "%"', { '%': '%%' }, { usual: true, undone: 'with one "%" for two' }),
  byTable("with '' for every '", { "'": "''" }, { usual: true, undone: "with one ' for two" }),
  byTable('with "" for every "', { '"': '""' }, { usual: true, undone: 'with one " for two' }),
  byTable('with "``" for every "`"', { '`': '``' }, { undone: 'with one "`" for two' }),
  byTable('with "^" before what cmd takes for special', {
    ...{ '&': '^&', '<': '^<', '>': '^>', '|': '^|', '^': '^^' },
  }),
  byTable('with "^" before what cmd takes for special, "%" and "!" too', {
    ...{
      '&': '^&',
      '<': '^<',
      '>': '^>',
      '|': '^|',
      '^': '^^',
      '%': '^%',
      '!': '^!',
      '"': '^"',
      '(': '^(',
      ')': '^)',
    },
  }),
  byTable("with '\\'' for every '", { "'": "'\\''" }, { undone: "with one ' for '\\''" }),
  byTable("with '\"'\"' for every '", { "'": "'\"'\"'" }, { undone: "with one ' for '\"'\"'" }),
  byTable('with "{{" and "}}" for "{" and "}"', { '{': '{{', '}': '}}' }),
  byTable('with "%" escaped for ini and Python', { '%': '%%', $: '$$' }),
];

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
