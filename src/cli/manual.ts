import { fileNames } from '../config/discover.js';
import { exitCodes } from '../judge/exit-code.js';
import { wrap } from '../report/text/wrap.js';
import { sectionsOf } from './help.js';
import { type Example, HelpCommand } from './help-command.js';

/** Generates the manual page (section 1, man macros of groff_man(7)) from the same definitions as the help. */
export function manualPage(root: HelpCommand, version: string): string {
  const { byDefault } = root;
  return `${[
    `.TH JWTCHECK 1 "" "jwtcheck ${text(version)}" "User Commands"`,
    '.SH NAME',
    'jwtcheck \\- checks that every service of an environment holds the same JWT secret',
    '.SH SYNOPSIS',
    visible(root)
      .map((page) => `.B jwtcheck ${text(page.name())}\n${text(page.usage())}`)
      .join('\n.br\n'),
    '.SH DESCRIPTION',
    ...prose(root.description()),
    '.PP',
    ...prose(`Without a command, ${byDefault?.name() ?? 'none'} is run.`),
    '.SH EXAMPLES',
    ...examples(root.examples).slice(1),
    '.SH COMMANDS',
    ...visible(root).flatMap((page) => [page, ...visible(page)].flatMap(command)),
    '.SH EXIT STATUS',
    ...Object.entries(exitCodes).flatMap(([code, meaning]) => item(code, meaning)),
    '.SH ENVIRONMENT',
    ...item('JWTCHECK_CONFIG', 'Path of the configuration; overridden by the flag --config.'),
    ...item('JWTCHECK_ENVIRONMENT', 'The environment to check; overridden by the flag --environment.'),
    ...item('NO_COLOR, FORCE_COLOR', 'Disable colour, or enable it even if the output is not a terminal.'),
    '.PP',
    ...prose(`Variables in the form \${NAME} are expanded in the configuration.`),
    '.SH FILES',
    ...item(
      `${fileNames.join(', ')}, package.json`,
      'The configuration: the first of these, searched upward from the working directory; of package.json the key jwtcheck.',
    ),
    '.SH SEE ALSO',
    ...root.notes.flatMap((note) => [...prose(note), '.PP']).slice(0, -1),
  ].join('\n')}\n`;
}

const visible = (page: HelpCommand): HelpCommand[] => {
  const shown: ReadonlySet<unknown> = new Set(page.createHelp().visibleCommands(page));
  return page.commands.filter((one) => one instanceof HelpCommand).filter((one) => shown.has(one));
};

function command(page: HelpCommand): string[] {
  const names = page.parent?.parent ? [page.parent.name(), page.name()] : [page.name()];
  const options = sectionsOf(page, page.createHelp())
    .filter(({ title }) => title !== 'Commands:' && title !== 'Exit codes:')
    .flatMap(({ items }) => items)
    .filter(({ term }) => !term.includes('--help'));
  return [
    `.SS jwtcheck ${text(names.join(' '))}`,
    ...prose(page.description()),
    ...options.flatMap(({ term, description }) => item(term.trim(), description)),
    ...page.notes.flatMap((note) => ['.PP', ...prose(note)]),
    ...(page.examples.length === 0 ? [] : ['.PP', 'Examples:', ...examples(page.examples)]),
  ];
}

const item = (term: string, description: string): string[] => [
  '.TP',
  `.B ${text(term)}`,
  ...prose(description),
];

const examples = (all: readonly Example[]): string[] =>
  all.flatMap(({ line, description }) => ['.PP', `.B ${text(line)}`, '.RS 4', ...prose(description), '.RE']);

/** Short lines keep the source readable. */
const prose = (words: string): string[] =>
  words
    .split('\n')
    .flatMap((line) => wrap(line, 72))
    .map(text);

/**
 * Escapes plain text, so that nothing in it is a request or an escape of roff. Hyphens and quotes stay ASCII
 * characters, because commands are copied: unescaped, they become typographic ones.
 */
function text(words: string): string {
  return words
    .replace(/[\\'"`^~-]/g, (character) => glyphs[character] ?? character)
    .replace(/^(?=\.)/gm, '\\&');
}

const glyphs: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '-': '\\-',
};
