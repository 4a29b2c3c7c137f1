import type { Input, Transform, Variant } from './transform.js';
import { isCommonName, variableNames } from './transform-names.js';

/** The characters between a name and its value. */
const separators = [
  '=',
  ': ',
  ' = ',
  ':',
  '="',
  "='",
  '    ',
  '\t',
  ' ',
  '=>',
  ' => ',
  ': "',
  ' := ',
  ':=',
] as const;

/** The prefixes of a name in languages that set variables. */
const starts = [
  'export ',
  'set ',
  'SET ',
  'setx ',
  'ENV ',
  'ARG ',
  '- ',
  'declare -x ',
  'declare -- ',
  'local ',
  'const ',
  'let ',
  'var ',
  '$',
  '$env:',
  '--',
  '-D',
  '-e ',
  '  ',
  '- name: ',
  'env ',
  'setenv ',
  '@',
] as const;

/** Other lines that commonly occur in such a file. */
const otherLines = [
  'OTHER=1',
  'A=1',
  'B=2',
  'FOO=bar',
  'PORT=3000',
  'PORT=8080',
  'NODE_ENV=production',
  'DEBUG=false',
  'DEBUG=0',
  'X=1',
  'OTHER=x',
  'ENV=prod',
  'LOG_LEVEL=info',
] as const;

const assignment =
  /^[ \t]*(?:(?:export|set|ENV|declare -x|const|let|var|setx?)[ \t]+|- )?[$@-]{0,2}([A-Za-z_][\w.-]*)[ \t]*(=>|:=|=|:|[ \t])[ \t]*(.*?)[ \t]*;?$/;

/** The line `NAME=value` is used instead of its value, or a whole file of such lines. */
export const assignmentKept: Transform = {
  code: 'assignment-kept',
  words: {
    title: 'The whole line NAME=value is used as the key',
    explanation:
      'One side uses the line, or a whole dotenv file, where the other uses only the value: a dotenv file was mounted ' +
      'as the secret, or the output of `env`, `grep` or a table was read without removing the name.',
    example: 'The Docker secret was created from .env; the service reads "JWT_SECRET=abc" as its key.',
    proof:
      "One side's fingerprint matches the other side's secret with a name before it, or of a value within it.",
    incidents: ['moby#46773'],
    remedy: 'Store only the value, and make every service read one value, not a line or a file of variables.',
    phrase: 'with a name before it',
    look: 'Where the value is set or read, take the part after the name: cut -d= -f2- (not -f2), or a dotenv reader.',
  },
  *apply({ latin1, names, isLong }, all) {
    yield { to: `JWT_SECRET=${latin1}`, text: 'with "JWT_SECRET=" before it' };
    const known = [...new Set([...names, ...variableNames])];
    for (const name of names.slice(0, 4))
      yield { to: `${name}=${latin1}`, text: 'with its variable\'s name and "=" before it' };
    if (!all || isLong) return;
    yield { to: `=${latin1}`, text: 'with "=" before it' };
    yield { to: `==${latin1}`, text: 'with "==" before it' };
    yield { to: `: ${latin1}`, text: 'with ": " before it' };
    yield { to: `:${latin1}`, text: 'with ":" before it' };
    let count = 0;
    for (const name of known) {
      const said = isCommonName(name) ? `"${name}"` : "its variable's name";
      for (const separator of separators) {
        const end = separator.endsWith('"') ? '"' : separator.endsWith("'") ? "'" : '';
        const line = name + separator + latin1 + end;
        yield { to: line, text: `with ${said} before it` };
        yield { to: `${line}\n`, text: `with ${said} before it, and a newline at its end` };
      }
      if (count++ < names.length + 8)
        for (const start of starts)
          yield { to: `${start}${name}=${latin1}`, text: `as a line that sets ${said}` };
      yield { to: `export ${name}="${latin1}"`, text: `as a line that sets ${said}` };
      yield { to: `export ${name}='${latin1}'`, text: `as a line that sets ${said}` };
      yield { to: `export ${name}=${latin1}\n`, text: `as a line that sets ${said}` };
      yield { to: `declare -x ${name}="${latin1}"`, text: `as a line that sets ${said}` };
    }
    for (const name of known.slice(0, names.length + 6)) yield* files(`${name}=${latin1}`);
  },
  *undo(input, all) {
    yield* values(input);
    if (all && input.latin1.startsWith('='))
      yield { to: input.latin1.slice(1), text: 'without the "=" before it' };
  },
};

/** The line together with others. */
function* files(line: string): Iterable<Variant> {
  const text = 'as a whole dotenv file';
  for (const other of otherLines) {
    for (const lines of [
      [line, other],
      [other, line],
      [other, line, 'B=2'],
    ])
      for (const end of ['\n', '']) yield { to: lines.join('\n') + end, text };
  }
}

/** Every value that lines of the text assign. */
function* values({ latin1, isLong }: Input): Iterable<Variant> {
  if (isLong) return;
  const lines = latin1.split(/\r?\n/);
  let count = 0;
  for (const line of lines) {
    const [, name = '', , value] = assignment.exec(line) ?? [];
    if (value === undefined || value === '' || count >= 40) continue;
    count += 1;
    const said = isCommonName(name) ? `"${name}"` : `the name in its ${lines.length > 1 ? 'line' : 'text'}`;
    yield { to: value, text: `without ${said} before it`, ...filterOf(lines, line) };
    const bare = /^(["'])(.*)\1$/.exec(value)?.[2];
    if (bare !== undefined) yield { to: bare, text: `without ${said} before it and without quotes` };
    const uncommented = value.replace(/\s+#.*$/, '');
    if (uncommented !== value)
      yield { to: uncommented, text: `without ${said} before it and the comment after it` };
  }
}

function filterOf(lines: readonly string[], line: string): Pick<Variant, 'filter'> {
  return lines.length === 1 && /^[A-Za-z_]\w*=/.test(line) ? { filter: 'cut -d= -f2-' } : {};
}
