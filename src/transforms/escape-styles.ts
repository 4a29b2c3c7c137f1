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
