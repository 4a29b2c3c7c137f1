import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Run, type RunOptions, runCli } from '../support/cli.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const value = 'hunter2-PLEASE-do-not-repeat-me';
const fine = {
  environments: { only: { participants: { p: { source: { kind: 'pinned', fingerprint: '11111111' } } } } },
};
const deep = 10_000;
let cwd: string;

beforeAll(async () => {
  cwd = await folder({ '.jwtcheckrc.json': fine });
});

const run = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  runCli(args, { cwd, ...options });

/** Nothing was checked: exit code 2, nothing on standard output, a few clear lines on standard error. */
function expectRefusal({ code, stdout, stderr }: Run, words: readonly (string | RegExp)[]): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^jwtcheck: \S/);
  expect(stderr).not.toMatch(/^\s+at |node:internal|undefined|\[object/m);
  expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  expect(stderr.length).toBeLessThan(6000);
  expect(stderr).not.toContain(value);
  for (const word of words) expect(stderr).toMatch(word);
}

describe.concurrent('a configuration that is', () => {
  const nestedJson = `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`;
  it.for([
    ['missing', null, ['does not exist']],
    ['empty.json', '', ['is empty']],
    ['blank.yaml', ' \n\n', ['is empty']],
    ['binary.json', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x80]), ['not a text in UTF-8']],
    ['utf16.json', Buffer.from('\ufeff{}', 'utf16le'), ['UTF-16']],
    ['large.json', Buffer.alloc(2 * 1024 * 1024, ' '), ['larger than 1 MiB']],
    ['deep.json', nestedJson, ['nested too deeply']],
    ['lists.json', '['.repeat(deep), ['line 1|nested']],
    ['deep.yaml', `${'{a: '.repeat(deep)}1${'}'.repeat(deep)}`, ['nested too deeply']],
    [
      'indented.yaml',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      ['nested too deeply'],
    ],
    ['bomb.yaml', bomb(), ['more than 100000 values']],
    ['cut.json', '{"environments": {"only": ', ['line 1, column']],
    ['cut.yaml', 'environments: {only: ', ['line 1, column']],
    ['list.json', '[]', ['an object']],
    ['text.yaml', `just ${value}`, ['an object']],
    ['html.json', '<!doctype html><p>', ['line 1, column 1']],
    ['log.yaml', '\u001b[31mred: [\u0007', [/line 1|control/]],
  ] as const)('%s', async ([name, content, words]) => {
    const own = await folder(content === null ? {} : { [name]: content });
    expectRefusal(
      await run(['-c', name], { cwd: own }),
      [name.replace('.', '\\.'), ...words].map((w) => new RegExp(w)),
    );
  });

  it('a folder', async () => {
    const own = await folder();
    await mkdir(join(own, '.jwtcheckrc.json'));
    expectRefusal(await run([], { cwd: own }), ['is a folder']);
  });

  it('nowhere', async () => {
    const own = await folder();
    expectRefusal(await run([], { cwd: own }), [
      'no configuration found',
      '.jwtcheckrc.yaml',
      'jwtcheck demo',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('unreadable', async () => {
    const own = await folder({ 'own.json': fine });
    await chmod(join(own, 'own.json'), 0);
    expectRefusal(await run(['-c', 'own.json'], { cwd: own }), ['permission denied']);
  });

  it('named with control characters', async () => {
    expectRefusal(await run(['-c', '\u001b[2J\u202e\n::error::x']), ['does not exist']);
  });

  it('wrong in many places: all of them at once, each with its path', async () => {
    const own = await folder({
      '.jwtcheckrc.yaml': [
        'defaultEnviroment: staging',
        'token: { ttl: 10m, algorithm: RS256 }',
        'environments:',
        '  staging:',
        '    reference: secret_manger',
        '    participants:',
        '      secret_manager:',
        '        source: { kind: google-secret-manger, project: p, secret: s }',
        '      auth:',
        '        sorce: {}',
        '      auth: {}',
        '      other:',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration.
        '        source: { kind: http, url: "${NOT_SET}/x", samples: none, headers: { a: "${NOR_THIS}" } }',
        '      9 lives: { source: { kind: pinned, fingerprint: 123 } }',
      ].join('\n'),
    });
    for (const args of [[], ['config', 'validate']]) {
      const ended = await run(args, { cwd: own });
      expectRefusal(ended, []);
      expect(ended.stderr).toMatch(/: \d+ problems$/m);
      for (const line of [
        /^ {2}defaultEnviroment: unknown key `defaultEnviroment`; did you mean `defaultEnvironment`\?$/m,
        /^ {2}token\.ttl: .*at most 5m$/m,
        /^ {2}token\.algorithm: expected `HS256`, `HS384` or `HS512`/m,
        /^ {2}environments\.staging\.reference: .*`secret_manager`/m,
        /^ {2}environments\.staging\.participants\.secret_manager\.source\.kind: .*did you mean `google-secret-manager`\?$/m,
        /^ {2}environments\.staging\.participants\.auth: this key appears twice \(lines 9 and 11\)/m,
        /^ {2}environments\.staging\.participants\.other\.source\.url: .*NOT_SET/m,
        /^ {2}environments\.staging\.participants\.other\.source\.headers\.a: .*NOR_THIS/m,
        /^ {2}environments\.staging\.participants\.other\.source\.samples: /m,
        /^ {2}environments\.staging\.participants\["9 lives"\]\.source\.fingerprint: /m,
      ]) {
        expect(ended.stderr).toMatch(line);
      }
    }
  });

  it('hostile in its keys', async () => {
    const key = '\u001b[31m\n::error::x\u202e';
    const own = await folder({ '.jwtcheckrc.json': { ...fine, [key]: 1 } });
    const ended = await run([], { cwd: own });
    expectRefusal(ended, ['unknown key']);
    expect(ended.stderr).not.toMatch(/^\s*::|\u202e/m);
  });

  it('full of values of the wrong kind, none of which is repeated', async () => {
    const own = await folder({
      '.jwtcheckrc.json': {
        token: value,
        timeout: value,
        controls: value,
        environments: {
          only: { reference: value, participants: { p: { role: value, source: { kind: value } } } },
        },
      },
    });
    expectRefusal(await run([], { cwd: own }), [': 6 problems']);
  });
});

/** Anchors that refer to anchors: a few lines that would take all the memory there is. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++) {
    const before = Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ');
    lines.push(`a${level}: &a${level} [${before}]`);
  }
  return lines.join('\n');
}

describe.concurrent('arguments', () => {
  it.for([
    [['--hlep'], ['unknown option `--hlep`; did you mean --help\\?\n']],
    [['chekc'], ['unknown command `chekc`; did you mean `check`\\?\n']],
    [['expalin', '--color', 'never'], ['unknown']],
    [['--timeout', '5 parsecs'], ['--timeout takes a duration']],
    [['--timeout', '0s'], ['--timeout takes a duration']],
    [['--timeout', '-5s'], ['--timeout|argument']],
    [['--deadline', 'soon'], ['--deadline takes a duration']],
    [['--wait', '1e3'], ['--wait takes a duration']],
    [['--interval', ''], ['--interval takes a duration']],
    [['--concurrency', '0'], ['--concurrency takes a whole number from 1']],
    [['--concurrency', '1.5'], ['--concurrency takes a whole number']],
    [
      ['--controls', 'forged,stale'],
      ['--controls takes', 'tampered'],
    ],
    [['--controls', ''], ['--controls takes']],
    [['--fail-on', 'info'], ['--fail-on takes']],
    [['--expect', '1234567'], ['--expect takes 8 to 64 hex digits']],
    [['--expect', `${value}`], ['--expect takes 8 to 64 hex digits']],
    [
      ['--only', 'pp'],
      ['there is no participant', 'Participants: p'],
    ],
    [['--skip', 'nobody'], ['there is no participant']],
    [['--allow-unreachable', 'q'], ['there is no participant']],
    [['-e', 'onl'], ['did you mean `only`']],
    [['-c'], ['argument missing']],
    [['-f'], ['argument missing']],
    [
      ['demo', 'hard-coded-falback'],
      ['did you mean', 'hard-coded-fallback'],
    ],
    [['demo', '\u001b[31m'], ['there is no scenario']],
    [['demo', 'toString'], ['there is no scenario']],
    [['demo', 'consistent', 'twice'], ['too many arguments']],
    [['explain', 'trailing-new-line'], ['Did you mean trailing-newline']],
    [['explain', 'hasOwnProperty'], ['there is no finding']],
    [
      ['config', 'shwo'],
      ['unknown command', 'show'],
    ],
    [['fingerprint', '--length', '7'], ['--length takes a whole number from 8 to 64']],
  ] as const)('%j', async ([args, words]) => {
    expectRefusal(
      await run(args),
      words.map((word) => new RegExp(word)),
    );
  });

  it.for([
    [[`--secret=${value}`]],
    [['--secret', value]],
    [['-s', value]],
    [[`-s${value}`]],
    [['check', value]],
    [[value]],
    [['fingerprint', value]],
    [['fingerprint', `--secret=${value}`]],
    [['fingerprint', '--file', 'nowhere', value]],
    [['fingerprint', `--length=${value}`]],
    [['config', 'show', value]],
    [['config', `--token=${value}`]],
    [['config', value]],
    [['explain', 'weak-secret', value]],
    [['demo', '--list', '--keep', 'consistent', value]],
    [[`--concurrency=${value}`]],
    [[`--timeout=${value}`]],
    [[`--color=${value}`]],
    [[`--no-probes=${value}`]],
    [[`--fail-on=${value}`]],
    [[`--controls=${value}`]],
    [[`--${value}`]],
  ] as const)('%j is not repeated', async ([args]) => {
    expectRefusal(await run(args), []);
  });

  it.for([['config'], ['help', 'chekc']])('%j prints a help, as an error', async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: jwtcheck/);
  });

  it.for([
    ['--help'],
    ['-h'],
    ['help'],
    ['help', 'check'],
    ['check', '--help'],
    ['demo', '-h'],
    ['config', '--help'],
  ])('help: %j', async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: jwtcheck/);
  });

  it('--version is one line', async () => {
    for (const flag of ['--version', '-V']) {
      expect(await run([flag])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
        stderr: '',
      });
    }
  });
});
