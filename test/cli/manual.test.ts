import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { HelpCommand } from '../../src/cli/help-command.js';
import { manualPage } from '../../src/cli/manual.js';
import { program } from '../../src/cli/program.js';
import { exitCodes } from '../../src/judge/exit-code.js';
import { version } from '../../src/version.js';
import { anIo } from '../support/outputs.js';

const root = program(anIo(), () => {});
const page = manualPage(root, version);

describe('the manual page', () => {
  it('is up to date; `npx vitest run test/cli/manual.test.ts -u` writes it anew', async () => {
    await expect(page).toMatchFileSnapshot('../../man/jwtcheck.1');
  });

  it('is shipped, and found by man', async () => {
    const { man, files } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(man).toBe('man/jwtcheck.1');
    expect(files).toContain('man');
  });

  it('has the sections that man-pages(7) asks for, in its order', () => {
    expect([...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title)).toEqual([
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'EXAMPLES',
      'COMMANDS',
      'EXIT STATUS',
      'ENVIRONMENT',
      'FILES',
      'SEE ALSO',
    ]);
  });

  it('has every command and flag, and nothing hidden', () => {
    for (const command of root.commands) {
      const shown = page.includes(`.SS jwtcheck ${command.name().replaceAll('-', '\\-')}\n`);
      expect([command.name(), shown]).toEqual([command.name(), !command.name().startsWith('_')]);
      if (!shown) continue;
      for (const { flags } of command.options) expect(page).toContain(`.B ${flags.replaceAll('-', '\\-')}\n`);
    }
  });

  it('has every exit code', () => {
    for (const code of Object.keys(exitCodes)) expect(page).toContain(`.B ${code}\n`);
  });

  it('has no line that roff would take for a request of its own', () => {
    const known = /^\.(TH|SH|SS|TP|B|PP|RS 4|RE|br)\b/;
    for (const line of page.split('\n')) if (/^[.']/.test(line)) expect(line).toMatch(known);
    expect(
      manualPage(
        new HelpCommand('x').description(".so /etc/passwd\n'br \\fB").addCommand(new HelpCommand('y')),
        '1',
      ),
    ).toContain('\\&.so /etc/passwd\n\\(aqbr \\(rsfB');
  });
});
