import { nothing, type Transform, type Variant } from './transform.js';

/** Perl's variables of one character, and their values at the start of a program; variable values are omitted. */
const perlVariables: Readonly<Record<string, string>> = {
  ...{
    '&': '',
    '`': '',
    "'": '',
    '+': '',
    '!': '',
    '@': '',
    '\\': '',
    ',': '',
    '.': '',
    '^': 'STDOUT_TOP',
    '~': 'STDOUT',
  },
  ...{
    '/': '\n',
    ';': '\x1c',
    '-': '0',
    '%': '0',
    '=': '60',
    '|': '0',
    '?': '0',
    '"': ' ',
    '[': '0',
    ':': ' \n-',
  },
};

/** A tool interpreted characters in the secret and removed or replaced them. */
const rules: readonly (readonly [pattern: RegExp, to: string, text: string])[] = [
  [/`[^`]*`/g, '', 'with every `…` left out, as a shell runs it'],
  [/`/g, '', 'without its backquotes'],
  [/`([\s\S])/g, '$1', 'with a backquote taken for an escape, as PowerShell does'],
  [/"/g, '', 'without the double quotes inside it'],
  [/'/g, '', 'without the single quotes inside it'],
  [/["']/g, '', 'without the quotes inside it'],
  [/["'`]/g, '', 'without the quotes and backquotes inside it'],
  [/["'\\]/g, '', 'without the quotes and backslashes inside it'],
  [/%[^%]*%/g, '', 'with every %…% left out, as cmd does'],
  [/%[^%]*%|%/g, '', 'with every %…% and "%" left out, as a batch file does'],
  [/%%/g, '%', 'with one "%" for two'],
  [/%/g, '', 'without its "%"s'],
  [/!/g, '', 'without its "!"s'],
  [/![^!]*!/g, '', 'with every !…! left out, as cmd does'],
  [/\^(.)/gs, '$1', 'with "^" taken for an escape, as cmd does'],
  [/\^/g, '', 'without its "^"s'],
  [/-/g, '', 'without its dashes'],
  [/_/g, '', 'without its underscores'],
  [/-/g, '_', 'with an underscore for every dash'],
  [/_/g, '-', 'with a dash for every underscore'],
  [/@\w+/g, '', 'with every "@" and the word after it left out, as Perl does'],
  [/@/g, '', 'without its "@"s'],
  [/&/g, '', 'without its "&"s'],
  [/[{}]/g, '', 'without its braces'],
  [/\{\{[^{}]*\}\}/g, '', 'with every {{…}} left out, as a template does'],
  [/\{\{|\}\}/g, '', 'without its {{ and }}'],
  [/\{\{/g, '{', 'with one "{" for two'],
  [/#\{[^{}]*\}/g, '', 'with every #{…} left out, as Ruby does'],
  [/\{[^{}]*\}/g, '', 'with every {…} left out, as a template does'],
  [/<[^<>]*>/g, '', 'with every <…> left out, as a filter of HTML does'],
  [/[<>]/g, '', 'without its "<" and ">"'],
  [/<[\s\S]*$/, '', 'without everything from its first "<", as a filter of HTML does'],
  [/<%[\s\S]*?%>/g, '', 'with every <%…%> left out, as a template does'],
  [/~/g, '', 'without its "~"s'],
  [/\*/g, '', 'without its "*"s'],
  [/=/g, '', 'without its "="s'],
  [/\+/g, '', 'without its "+"s'],
  [/\//g, '', 'without its "/"s'],
  [/[+/=]/g, '', 'without its "+", "/" and "="'],
  [/,/g, '', 'without its commas'],
  [/\./g, '', 'without its dots'],
  [/;/g, '', 'without its semicolons'],
  [/:/g, '', 'without its colons'],
  [/\(\)/g, '', 'without its parentheses'],
  [/\s+/g, '', 'without the whitespace inside it'],
  [/\s+/g, ' ', 'with one space for several'],
  [/[ ]/g, '_', 'with an underscore for every space'],
  [/[ ]/g, '-', 'with a dash for every space'],
  [/[^A-Za-z0-9]/g, '', 'without everything but letters and digits'],
  [/[^A-Za-z0-9]/g, '_', 'with an underscore for everything but letters and digits'],
  [/[^A-Za-z0-9]/g, '-', 'with a dash for everything but letters and digits'],
  [/[^\w]/g, '', 'without everything but letters, digits and underscores'],
  [/[^\w-]/g, '', 'without everything but letters, digits, "_" and "-"'],
  [/[^\w.-]/g, '_', 'with an underscore for everything but letters, digits, "_", "." and "-"'],
  [/[^\w-]/g, '_', 'with an underscore for everything but letters, digits, "_" and "-"'],
  [/[^\x21-\x7e]/g, '', 'without everything but visible ASCII'],
  [/[\0-\x1f\x7f]/g, '', 'without its control characters'],
  [/\0/g, '', 'without its NUL bytes'],
  [/\s*[;#].*$/gm, '', 'without comments as ini files have them'],
  [/\s*\/\/.*$/gm, '', 'without everything after "//"'],
  [/\/\*[\s\S]*?\*\//g, '', 'without its /*…*/'],
  [/[\t]/g, ' ', 'with a space for every tab'],
  [/[\t]/g, '    ', 'with four spaces for every tab'],
  [/,/g, '.', 'with a dot for every comma'],
  [/\./g, ',', 'with a comma for every dot'],
  [/\./g, '_', 'with an underscore for every dot'],
  [/:/g, '_', 'with an underscore for every colon'],
  [/O/g, '0', 'with "0" for every "O"'],
  [/0/g, 'O', 'with "O" for every "0"'],
  [/l/g, '1', 'with "1" for every "l"'],
  [/I/g, 'l', 'with "l" for every "I"'],
];

/** Characters inside the secret were removed or replaced by a tool that interprets them. */
export const charactersSubstituted: Transform = {
  code: 'characters-substituted',
  words: {
    title: 'Characters inside the secret were removed or replaced',
    explanation:
      'A shell ran the text in backquotes, cmd interpreted %…% as a variable, Perl interpreted @name as a list, sed ' +
      'replaced "&" with its match, or a filter removed quotes, dashes or HTML tags. The result is another secret, ' +
      'without any error.',
    example: 'A batch file sets JWT_SECRET=abc%def%ghi; the variable holds "abcghi".',
    proof:
      "One side's fingerprint matches the other side's secret without those characters, or with what replaced them.",
    incidents: ['docker/compose#10419', 'systemd#8857'],
    remedy:
      'Use secrets of letters and digits (openssl rand -hex 32), which have no special meaning to any tool.',
    phrase: 'with characters removed or replaced',
    look: 'Where the value is set, look for the tool that the report names, and quote the value as that tool expects; or hand it over in a file.',
  },
  *apply({ latin1, isLong }, all) {
    if (isLong) return;
    for (const [index, [pattern, to, text]] of rules.entries()) {
      if (!all && index > 5) return;
      if (latin1.search(pattern) >= 0) yield { to: latin1.replace(pattern, to), text };
    }
    yield* perl(latin1);
    yield* sed(latin1);
    if (latin1.includes('`'))
      yield {
        to: latin1.replace(/`([\s\S])/g, powershell),
        text: 'with backquotes read as escapes, as PowerShell does',
      };
    for (const mark of '!@%&*?~^|<>(){}[]') {
      const at = latin1.indexOf(mark);
      if (at >= 0)
        yield { to: latin1.slice(0, at) + latin1.slice(at + 1), text: `without its first "${mark}"` };
    }
    if (/!\S+/.test(latin1))
      yield {
        to: latin1.replace(/!\S+/g, ''),
        text: 'with every "!" and the word after it left out, as a shell\'s history does',
      };
    yield {
      to: `${latin1[0]?.toUpperCase() ?? ''}${latin1.slice(1)}`,
      text: 'with its first letter in upper case',
    };
    yield {
      to: `${latin1[0]?.toLowerCase() ?? ''}${latin1.slice(1)}`,
      text: 'with its first letter in lower case',
    };
    if (/^~(?=\/|$)/.test(latin1))
      yield { to: latin1.replace(/^~/, '/root'), text: 'with "~" taken for the home folder' };
  },
  undo: nothing,
};

/** A text in double quotes, or a template: variables and lists are empty. */
function* perl(text: string): Iterable<Variant> {
  if (!/[$@]/.test(text)) return;
  const names = /[$@](?:\d+|[A-Za-z_]\w*|\{[^{}]*\})/g;
  yield { to: text.replace(names, ''), text: 'with every $name and @name left out, as Perl does' };
  yield {
    to: text.replace(/@(?:\d+|[A-Za-z_]\w*|\{[^{}]*\}|[-+])/g, ''),
    text: 'with every @name left out, as Perl does',
  };
  const special =
    /\$(?:(\d+|::\w+|[A-Za-z_]\w*|\{[^{}]*\})|([^\w\s({]))|@(?:\d+|[A-Za-z_]\w*|\{[^{}]*\}|[-+$])/g;
  const expanded = text.replace(special, (found, _name?: string, mark?: string) =>
    mark === undefined ? '' : (perlVariables[mark] ?? found),
  );
  yield { to: expanded, text: 'with what Perl takes for variables replaced' };
  yield {
    to: expanded.replace(/\\(.)/gs, '$1'),
    text: 'with what Perl takes for variables and escapes replaced',
  };
}

/** The replacement of `s/NAME/secret/`, where "&" means the matched text. */
function* sed(text: string): Iterable<Variant> {
  if (!text.includes('&')) return;
  for (const found of [
    'JWT_SECRET',
    `\${JWT_SECRET}`,
    '$JWT_SECRET',
    '{{JWT_SECRET}}',
    '{{ JWT_SECRET }}',
    '__JWT_SECRET__',
    '@JWT_SECRET@',
    '%JWT_SECRET%',
    'SECRET',
    '__SECRET__',
    '@SECRET@',
    '{{SECRET}}',
    'JWT_SECRET=.*',
    'PLACEHOLDER',
    'CHANGE_ME',
    'CHANGEME',
    'REPLACE_ME',
    'XXX',
    'secret',
    '@@',
    'x',
  ])
    yield { to: text.replaceAll('&', () => found), text: 'with what sed had found for every "&"' };
}

const powershellEscapes: Readonly<Record<string, string>> = {
  ...{ '0': '\0', a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};
const powershell = (_: string, character: string): string => powershellEscapes[character] ?? character;
