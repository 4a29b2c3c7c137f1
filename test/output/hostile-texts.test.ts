import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scripts } from '../../src/cli/completion/scripts.js';
import { formatNames } from '../../src/report/format-names.js';
import { forTerminal, ownColors } from '../../src/report/text/escape.js';
import type { Run } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { json, startServer, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import { fingerprint } from '../support/service.js';
import { tokenOf } from '../support/tokens.js';
import { workspace } from '../support/workspace.js';

/** Everything that a terminal acts upon or hides, a line that GitHub obeys, and one that Azure does. */
const hostile =
  'x\u001b[31m\u001b]0;title\u0007\u009b2J\r\n::error::pwned\n  ::set-env name=PATH::x\n##[error]pwned\n##vso[task.complete]##teamcity[x]\u202e\u2066\u200f\u2028\u2029\u0085::warning::x\u0000\u007f\u200b';

/** What of the output a terminal or a CI would act upon. */
function harmIn(text: string, isForGitHub: boolean): string[] {
  const characters = text.match(/[^\P{C}\n\t]|[\u2028\u2029]/gu) ?? [];
  const lines = text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .filter((line) => /^\s*::/.test(line) || /##(?:vso)?\[/.test(line))
    .filter((line) => !(isForGitHub && /^::(?:error|warning|notice) [^:]*title=jwtcheck/.test(line)));
  return [...characters.map((c) => `U+${c.codePointAt(0)?.toString(16)}`), ...lines];
}

const folder = workspace();
let service: TestServer;
let cwd: string;
const env = { SECRET: 'the secret of the reference, long enough', [hostile]: 'x', HOSTILE: hostile };

beforeAll(async () => {
  service = await startServer((request, response) => {
    if (request.url?.startsWith('/fp'))
      return json({ fingerprint: fingerprint(`${env.SECRET}\n`), instance: hostile })(request, response);
    json({ error: hostile, message: hostile }, 401)(request, response);
  });
  cwd = await folder();
  const config = {
    environments: {
      [hostile]: {
        reference: `ref ${hostile}`,
        participants: {
          [`ref ${hostile}`]: { source: { kind: 'env', names: ['SECRET'] } },
          [hostile]: {
            role: 'issuer',
            source: { kind: 'http', url: `${service.origin}/fp?${encodeURIComponent(hostile)}` },
            probes: [
              { kind: 'http', name: '::error::x\u001b[31m\u202e\n::error::y', url: `${service.origin}/me` },
            ],
            impact: { mrr: 5, note: hostile },
          },
          [`file ${hostile}`]: { source: { kind: 'file', path: 'nowhere' }, optional: true },
          [`env ${hostile}`]: { source: { kind: 'env', names: ['UNSET'] } },
          [`run ${hostile}`]: { source: { kind: 'command', run: ['printf', hostile, `\${HOSTILE}`] } },
        },
      },
    },
    watch: {
      state: 'state.json',
      history: 'history.ndjson',
      listen: 'none',
      failureThreshold: 1,
      silence: [
        {
          reason: hostile,
          from: '2000-01-01T00:00:00Z',
          until: '2100-01-01T00:00:00Z',
          participants: [`file ${hostile}`],
        },
      ],
      notify: [{ kind: 'webhook', url: `${service.origin}/hook` }],
    },
  };
  await writeFile(join(cwd, '.jwtcheckrc.json'), JSON.stringify(config));
  await writeFile(
    join(cwd, 'broken.json'),
    JSON.stringify({
      [hostile]: 1,
      environments: { [hostile]: hostile },
      timeout: hostile,
      watch: { [hostile]: [hostile] },
    }),
  );
  await writeFile(
    join(cwd, 'broken.yaml'),
    `"${JSON.stringify(hostile).slice(1, -1)}": [\n::error::x\n##[error]\u202e`,
  );
  await mkdir(join(cwd, 'found'));
  await writeFile(
    join(cwd, 'found/docker-compose.yml'),
    `services:\n  ${JSON.stringify(hostile)}:\n    ports: ["1:1"]\n    environment:\n      JWT_SECRET: x\n      ${JSON.stringify(`JWT_SECRET_${hostile}`)}: x\n`,
  );
  await mkdir(join(cwd, `found/::error::${hostile.replaceAll(/[\u0000/]/g, '')}`));
});
afterAll(() => service.close());

const run = (args: readonly string[], input?: string): Promise<Run> =>
  runHere(args, { cwd, env, ...(input === undefined ? {} : { input }) });

function expectHarmless({ stdout, stderr }: Run, isForGitHub = false): void {
  expect({ stdout: harmIn(stdout, isForGitHub), stderr: harmIn(stderr, false) }).toEqual({
    stdout: [],
    stderr: [],
  });
}

describe('no text from outside reaches a terminal or a CI as more than text', () => {
  const amounts = ['', '-v', '-q'];
  const reports = amounts.flatMap((more) => formatNames.map((format) => [format, more] as const));

  it.each(some(reports, 3))('check -f %s %s', async (format, more) => {
    const flags = more === '' ? [] : [more];
    const done = await run(['check', '-f', format, '--color', 'never', ...flags]);
    expect([done.code, done.stderr]).toEqual([expect.toBeOneOf([0, 1, 3]), expect.any(String)]);
    expect(done.stdout).not.toBe('');
    expectHarmless(done, format === 'github');
  });

  it.each(formatNames)('check -f %s of a broken configuration', async (format) => {
    for (const config of ['broken.json', 'broken.yaml']) {
      const broken = await run(['check', '-f', format, '-c', config]);
      expect(broken.code).toBe(2);
      expectHarmless(broken, format === 'github');
    }
  });

  it('with colour, only our own, and where nothing explains the difference', async () => {
    const unrelated = { ...env, SECRET: 'another secret of the reference, long enough' };
    const { stdout } = await runHere(['check', '--color', 'always', '-v'], { cwd, env: unrelated });
    expect(stdout).toContain('fingerprint-mismatch');
    expect(stdout).toContain('\u001b[');
    expect(harmIn(stdout.replaceAll(ownColors, ''), false)).toEqual([]);
  });

  const watch = ['watch', '--cycles', '2', '--interval', '100ms', '--color', 'never'];
  it.each<[string, readonly string[]]>(
    some(
      [
        ['a dry run', ['check', '--dry-run']],
        ['a dry run of watch', ['watch', '--dry-run']],
        ['watch', watch],
        ['watch -v', [...watch, '-v']],
        ['watch as ndjson', [...watch, '-f', 'ndjson', '--log-format', 'json', '-v']],
        ['a test of notifiers', ['watch', '--test-notify']],
        ['history', ['history', '--color', 'never']],
        ['history as JSON', ['history', '-f', 'json']],
        ['config validate', ['config', 'validate']],
        ['config validate of a broken one', ['config', 'validate', '-c', 'broken.json']],
        ['config validate of broken YAML', ['config', 'validate', '-c', 'broken.yaml']],
        ['config show', ['config', 'show']],
        ['init', ['init', '--print', '--service', `${hostile}=https://a.example`]],
        ['init from what it finds', ['init', '--print']],
        ['explain', ['explain', hostile]],
        ['fingerprint', ['fingerprint', '--env-var', hostile]],
        ['fingerprint of a file', ['fingerprint', '--file', `./${hostile.replaceAll('\u0000', '')}`]],
        ['the help of a command', ['help', hostile]],
        ['an unknown command', [hostile]],
        ['an unknown flag', [`--${hostile}`]],
        ['an unknown environment', ['check', '-e', `no ${hostile}`]],
        ['an unknown participant', ['check', '--only', `no ${hostile}`]],
        ['an unknown format', ['check', '-f', hostile]],
        ['an unknown path', ['check', '-f', `json:${hostile}/${hostile}`]],
        ['an unknown configuration', ['check', '-c', hostile]],
        ['wrong values', ['check', '--controls', hostile, '--timeout', hostile]],
        ['an unknown scenario', ['demo', hostile]],
        ['completion', ['completion', hostile]],
        ['what completion offers', ['__complete', 'zsh', '--', 'check', '--only', '']],
        ['what completion offers in bash', ['__complete', 'bash', '--', ' ', 'jwtcheck check -e ']],
      ],
      8,
    ),
  )('%s', async (_, args) => {
    const done = await run(args);
    expect(done.code).not.toBe(4);
    expect(done.stdout + done.stderr).not.toBe('');
    expectHarmless(done);
  });

  it('init of a folder whose names are hostile', async () => {
    const done = await runHere(['init', '--print', '-o', 'x.json'], { cwd: join(cwd, 'found'), env });
    expectHarmless(done);
  });

  it.each(['pretty', 'json'])('whose -f %s', async (format) => {
    const token = await tokenOf({ [hostile]: hostile, iss: hostile, aud: hostile, kid: hostile });
    const done = await run(['whose', '-f', format], token);
    expect(done.stdout).not.toBe('');
    expectHarmless(done);
    expectHarmless(await run(['whose'], hostile));
  });

  it('repeats whatever was recorded of silences and events', async () => {
    expectHarmless(await run(['history', '-e', hostile, '--color', 'never']));
  });
});

describe('forTerminal', () => {
  it('leaves what is meant as it is', () => {
    for (const text of [...Object.values(scripts), '✓ a\u001b[1mb\u001b[22m\tc\n', 'a :: b, std::vector\n'])
      expect(forTerminal(text, 'text')).toBe(text);
    expect(forTerminal('::error::x\n', 'workflow-commands')).toBe('::error::x\n');
    expect(forTerminal('\r\u001b[2K', 'terminal-control')).toBe('\r\u001b[2K');
  });

  it('shows the rest', () => {
    expect(forTerminal('a\u001b[2J\u001b[8m\u009b\rb', 'text')).toBe('a\\u001b[2J\\u001b[8m\\u009b\\rb');
    expect(forTerminal(' ::error::x', 'text')).toBe(' \\u003a:error::x');
    expect(forTerminal('x ##[error] ##vso[y]', 'workflow-commands')).toBe('x \\u0023#[error] \\u0023#vso[y]');
  });
});
