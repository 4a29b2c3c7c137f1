import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { complete, placeholder } from '../../src/cli/completion/complete.js';
import { free, values } from '../../src/cli/completion/values.js';
import { HelpCommand } from '../../src/cli/help-command.js';
import { program } from '../../src/cli/program.js';
import { scenarioNames } from '../../src/demo/scenarios.js';
import { rules } from '../../src/judge/rules/index.js';
import { reporters } from '../../src/report/index.js';
import { anIo } from '../support/outputs.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const root = program(anIo(), () => {});
let cwd: string;

beforeAll(async () => {
  const url = `https://\${NOT_SET}/`;
  const of = (...names: string[]) => ({
    participants: Object.fromEntries(names.map((name) => [name, { source: { kind: 'http', url } }])),
  });
  cwd = await folder({
    '.jwtcheckrc.json': {
      environments: {
        staging: {
          reference: 'store',
          participants: {
            ...of('auth', 'backend', 'a b').participants,
            tests: { source: { kind: 'env', names: ['JWT_SECRET'] } },
            store: { source: { kind: 'env', names: ['STORE'] } },
          },
        },
        production: of('auth', 'line\nbreak', '\u202ebidi'),
      },
    },
    'other.json': { environments: { elsewhere: of('third') } },
    'broken/.jwtcheckrc.json': '{ "environments": ',
  });
});

async function words(typed: readonly string[], where = cwd): Promise<string[]> {
  const found = await complete(root, typed, { ...anIo(), cwd: where });
  if (found.is === 'command') return ['command'];
  return found.is === 'files' ? [`files ${found.prefix}`] : found.candidates.map(({ value }) => value);
}

const pages = (page: HelpCommand): HelpCommand[] => [
  page,
  ...page.commands.filter((command) => command instanceof HelpCommand).flatMap(pages),
];

describe('completion', () => {
  it('knows commands, and what begins like them', async () => {
    const all = root.commands.map((command) => command.name()).filter((name) => !name.startsWith('_'));
    expect(await words([''])).toEqual([...all, 'help']);
    expect(await words(['de'])).toEqual(['demo']);
    expect(await words(['help', 'de'])).toEqual(['demo']);
    expect(await words(['config', 's'])).toEqual(['show', 'schema']);
  });

  it('knows every flag of every command', async () => {
    for (const page of pages(root)) {
      if (page === root || page.name().startsWith('_')) continue;
      const path = page.parent === root ? [page.name()] : [page.parent?.name() ?? '', page.name()];
      const offered = await words([...path, '--']);
      for (const { long } of page.options) expect(offered).toContain(long);
    }
  });

  it('takes the flags of a check without its name', async () => {
    expect(await words(['--only'])).toEqual(['--only']);
    expect(await words(['-e', 'staging', '--only', ''])).toEqual([
      'auth',
      'backend',
      'a b',
      'tests',
      'store',
    ]);
  });

  it.for<[readonly string[], readonly string[]]>([
    [
      ['-e', ''],
      ['staging', 'production'],
    ],
    [['-e', 'st'], ['staging']],
    [['--environment=p'], ['--environment=production']],
    [
      ['--only', ''],
      ['auth', 'backend', 'a b', 'tests', 'store'],
    ],
    [['--only', 'auth', '--only', 'b'], ['backend']],
    [['-e', 'production', '--skip', ''], ['auth']],
    [['-eproduction', '--skip', ''], ['auth']],
    [['--environment=production', '--skip='], ['--skip=auth']],
    [['-c', 'other.json', '-e', ''], ['elsewhere']],
    [['-c', ''], ['files ']],
    [['--config=x'], ['files --config=']],
    [['-f', 'pretty:ou'], ['files pretty:']],
    [
      ['--fail-on', ''],
      ['warning', 'error', 'critical', 'never'],
    ],
    [
      ['--color', 'a'],
      ['auto', 'always'],
    ],
    [['--controls', 'forged,e'], ['forged,expired']],
    [['--controls', 'forged,r'], ['forged,retired']],
    [['--controls', 'retired:6,m'], ['retired:6,missing']],
    [['--controls', 'retired:6,r'], []],
    [['--timeout', ''], []],
    [['--', '--'], []],
    [['exec', ''], ['tests']],
    [['exec', '-e', 'production', ''], []],
    [['exec', 't'], ['tests']],
    [['exec', 'tests', ''], []],
    [['exec', 'tests', '--check', '--', 'py'], ['command']],
    [['exec', '--', 'pytest', '--'], ['command']],
    [['--nonsense', '--on'], ['--only']],
    [['-q', '--q'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('%j', async ([typed, offered]) => {
    expect(await words(typed)).toEqual(offered);
  });

  it('knows formats, scenarios and codes from where they are defined', async () => {
    expect(await words(['-f', ''])).toEqual([...Object.keys(reporters), 'observations']);
    expect(await words(['judge', '-f', ''])).toEqual(Object.keys(reporters));
    expect(await words(['demo', ''])).toEqual(scenarioNames);
    expect(await words(['explain', ''])).toEqual(rules.map(({ code }) => code));
  });

  it('never offers a name that a terminal would not show', async () => {
    expect(await words(['-e', 'production', '--only', ''])).toEqual(['auth']);
  });

  it('is refused by a configuration that cannot be read, and only for names', async () => {
    await expect(words(['-e', ''], `${cwd}/broken`)).rejects.toThrow();
    expect(await words(['--on'], `${cwd}/broken`)).toEqual(['--only']);
  });

  it('does not wait for a configuration that comes through a pipe', async () => {
    const here = await folder({});
    execFileSync('mkfifo', [join(here, 'pipe')]);
    expect(await words(['-c', 'pipe', '--only', ''], here)).toEqual([]);
    expect(await words(['-c', '/dev/stdin', '-e', ''], here)).toEqual([]);
  });

  it('has something to say of every value that a flag or an argument takes', () => {
    const taken = pages(root).flatMap((page) => [
      ...page.options.filter(({ required }) => required).map(placeholder),
      ...page.registeredArguments.map((argument) => argument.name()),
    ]);
    const known = (name: string) => name in values || free.has(name) || name === 'words';
    // A new word in brackets: add it to src/cli/completion/values.ts, to what completes it or to what cannot be.
    expect(taken.filter((name) => !known(name))).toEqual([]);
  });
});
