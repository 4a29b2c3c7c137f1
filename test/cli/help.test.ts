import { describe, expect, it } from 'vitest';
import { HelpCommand } from '../../src/cli/help-command.js';
import { program } from '../../src/cli/program.js';
import { exitCodes } from '../../src/judge/exit-code.js';
import { displayWidth } from '../../src/report/text/sanitize.js';
import { anIo } from '../support/outputs.js';

const root = program(anIo(), () => {});
const pages = (page: HelpCommand): HelpCommand[] => [
  page,
  ...page.commands.filter((command) => command instanceof HelpCommand).flatMap(pages),
];
const shown = pages(root).filter((page) => !page.name().startsWith('_'));
const at = (page: HelpCommand, columns: number): string => {
  page.configureOutput({ getOutHelpWidth: () => columns });
  return page.helpInformation();
};

describe.for(shown.map((page) => [page.name(), page] as const))('the help of %s', ([, page]) => {
  it('begins with examples, and tells how it can end', () => {
    const help = at(page, 80);
    expect(help.indexOf('Examples:')).toBeGreaterThan(0);
    expect(help.indexOf('Examples:')).toBeLessThan(help.indexOf('--help'));
    expect(page.exits.length).toBeGreaterThan(0);
    for (const code of page.exits) expect(help).toContain(`${String(code).padEnd(2)}`);
  });

  it('fits into 80 columns', () => {
    for (const line of at(page, 80).split('\n'))
      expect([line, displayWidth(line) <= 80]).toEqual([line, true]);
  });

  it('can be read in 40: only what is there to be copied is longer', () => {
    const long = at(page, 40)
      .split('\n')
      .filter((line) => displayWidth(line) > 40)
      .map((line) => line.trim());
    const copied = [...page.examples.map(({ line }) => line), ...page.options.map(({ flags }) => flags)];
    expect(long.filter((line) => !copied.includes(line))).toEqual([]);
  });

  it('has examples of commands and flags that there are', () => {
    for (const { line } of page.examples) {
      // After -- stands a command of the user.
      const [, words = ''] = /jwtcheck ?([^|")]*)/.exec(line.replace(/ -- .*/, '')) ?? [];
      const typed = words.trim().split(/\s+/);
      const command = typed.reduce<HelpCommand>((here, word) => {
        const next = here.commands.find((one) => one.name() === word);
        return next instanceof HelpCommand ? next : here;
      }, root);
      const options = [...command.options, ...(command.byDefault?.options ?? [])];
      for (const flag of typed.filter((word) => /^-./.test(word))) {
        expect([line, options.some((one) => one.long === flag || one.short === flag)]).toEqual([line, true]);
      }
    }
  });
});

describe('the help', () => {
  it('prints every exit code on a line of its own, at 80 columns', () => {
    for (const [code, meaning] of Object.entries(exitCodes)) {
      expect(at(root, 80)).toMatch(new RegExp(`^ +${code} +${meaning.replace(/[()]/g, '\\$&')}$`, 'm'));
    }
  });

  it('leaves no flag without a word about it', () => {
    for (const page of shown)
      for (const { flags, description } of page.options)
        expect([page.name(), flags, description === '']).toEqual([page.name(), flags, false]);
  });

  it('names explain', () => {
    expect(at(root, 80)).toContain('jwtcheck explain');
    expect(at(root.byDefault ?? root, 80)).toContain('jwtcheck explain CODE');
  });

  it('of one command', () => {
    const page = shown.find((one) => one.name() === 'fingerprint') ?? root;
    expect(at(page, 60)).toMatchInlineSnapshot(`
      "Usage: jwtcheck fingerprint [options]

      Print the fingerprint of a secret from standard input, a
      variable or a file.

      Examples:
        printf %s "$JWT_SECRET" | jwtcheck fingerprint
         a variable of the shell
        jwtcheck fingerprint --env-var JWT_SECRET
         an exported variable
        jwtcheck fingerprint --file jwt.key --length 16
         a file, with more digits

      Options:
        --env-var <name>
            read this environment variable
        --file <path>
            read this file, unchanged
        --length <digits>
            number of hex digits to print, 8 to 64 (default 8)
        -h, --help
            print this help

      Exit codes:
        0   done
        2   usage or configuration error
        4   internal error (a bug)
        130 interrupted

      The fingerprint is the first hex digits of SHA-256 over the
      exact bytes: nothing is trimmed, and a trailing newline
      counts. A secret is never read from an argument.
      "
    `);
  });
});
