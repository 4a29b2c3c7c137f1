import { access, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionRun, readAction, runAction, type Use } from '../support/action.js';
import { startTcpServer } from '../support/http-server.js';
import { root, unpacked } from '../support/packed.js';
import { some } from '../support/random.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { workflowCommands } from '../support/workflow-commands.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const install = 'Install jwtcheck';
const check = 'Check the JWT secrets';
const folder = workspace();
let service: Service;
let temp: string;
let project: string;

beforeAll(async () => {
  service = await startService(key);
  temp = join(await folder(), 'runner temp');
  await mkdir(temp);
  // What the first step installs; how it calls npm is tested below.
  await unpacked(join(temp, 'jwtcheck'), await folder());
});
afterAll(() => service.close());
beforeEach(async () => {
  service.hold(key);
  project = await folder({ '.jwtcheckrc.json': configOf({ service: participant(service) }) });
});

/** The second step, with the package as the first installs it. */
const runCheck = (inputs: Use['with'] = {}, more: Partial<Use> = {}): Promise<ActionRun> =>
  runAction({
    with: inputs,
    env: { [variable]: key },
    workspace: project,
    temp,
    only: [check],
    ...more,
  });

const annotations = (run: ActionRun) =>
  workflowCommands(run.log).map(({ name, properties, data }) => ({ name, title: properties.title, data }));

describe('the action', () => {
  it('lets a consistent environment pass', async () => {
    const run = await runCheck();
    expect(run).toMatchObject({
      code: 0,
      outputs: { verdict: 'consistent', level: 'INFO', 'exit-code': '0' },
    });
    expect(annotations(run)).toEqual([]);
    expect(run.summary.toLowerCase()).toContain('consistent');
    expect(JSON.parse(await readFile(run.outputs.report ?? '', 'utf8')).verdict).toBe('consistent');
  });

  it('fails for a difference, tells of it at its line, and still has outputs', async () => {
    service.hold(`${key}\n`);
    const run = await runCheck();
    expect(run).toMatchObject({ code: 1, outputs: { verdict: 'inconsistent', 'exit-code': '1' } });
    const [command] = workflowCommands(run.log);
    expect(command).toMatchObject({
      name: 'error',
      properties: { file: '.jwtcheckrc.json', line: '1', title: 'jwtcheck: trailing-newline' },
    });
    expect(run.summary).toContain('trailing-newline');
    expect(JSON.parse(await readFile(run.outputs.report ?? '', 'utf8')).exitCode).toBe(1);
  });

  it('fails for what could not be told', async () => {
    const silent = await startTcpServer((socket) => socket.destroy());
    project = await folder({ '.jwtcheckrc.json': configOf({ service: participant(silent) }) });
    expect(await runCheck()).toMatchObject({
      code: 3,
      outputs: { verdict: 'inconclusive', level: 'WARNING', 'exit-code': '3' },
    });
    await silent.close();
  });

  it.each(
    some<[string, Use['with']]>(
      [
        ['an environment that there is not', { environment: 'production' }],
        ['a configuration that there is not', { config: 'elsewhere.json' }],
        ['a format that there is not', { format: 'excel' }],
        ['a flag that there is not', { args: '--no-such-flag' }],
        ['a duration that is none', { wait: 'soon' }],
      ],
      2,
    ),
  )('says that nothing was checked for %s', async (_, inputs) => {
    const run = await runCheck(inputs);
    expect(run).toMatchObject({
      code: 2,
      outputs: { verdict: '', level: '', 'exit-code': '2', report: '' },
    });
    const all = annotations(run);
    expect(all.at(-1)).toEqual({
      name: 'error',
      title: 'jwtcheck',
      data: expect.stringMatching(/^Nothing was checked/),
    });
    // The format github says what is wrong, where it was understood that it was asked for.
    expect(all.slice(0, -1).every(({ name, data }) => name === 'error' && data !== '')).toBe(true);
  });

  it('writes every format where it should, a path with blanks too, and the pretty one into the log', async () => {
    const run = await runCheck({ format: 'junit:out folder/junit report.xml\n\n  tap:out/report.tap\n' });
    expect(run).toMatchObject({ code: 0, outputs: { verdict: 'consistent' } });
    expect(run.log).toContain('PARTICIPANTS');
    expect(await readFile(join(project, 'out folder/junit report.xml'), 'utf8')).toContain('<testsuite');
    expect(await readFile(join(project, 'out/report.tap'), 'utf8')).toContain('TAP version 14');
  });

  it('runs where it is told to, and with more flags', async () => {
    project = await folder({ 'services/auth/.jwtcheckrc.json': configOf({ service: participant(service) }) });
    const run = await runCheck({ 'working-directory': 'services/auth', args: '--no-probes\n--skip=service' });
    expect(run).toMatchObject({ code: 3, outputs: { verdict: 'inconclusive' } });
  });

  it('waits for the rest of a deploy', async () => {
    service.hold(`${key}\n`);
    const before = service.requests.length;
    const running = runCheck({ wait: '30s', args: '--interval=200ms' });
    while (service.requests.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
    service.hold(key);
    expect(await running).toMatchObject({ code: 0, outputs: { verdict: 'consistent' } });
  });

  it('keeps the reports of two uses in one job apart', async () => {
    const [first, second] = [await runCheck(), await runCheck()];
    expect(first.outputs.report).not.toBe(second.outputs.report);
    await access(first.outputs.report ?? '');
  });

  it('leaves the variables of the job to the configuration', async () => {
    const names = ['CONFIG', 'ENVIRONMENT', 'FORMAT', 'WAIT', 'ARGS', 'PACKAGE'];
    const others = names.map((name) => [name, { source: { kind: 'env', names: [name] } }]);
    project = await folder({ '.jwtcheckrc.json': configOf(Object.fromEntries(others)) });
    const env = Object.fromEntries([variable, ...names].map((name) => [name, key]));
    expect(await runCheck({}, { env })).toMatchObject({ code: 0, outputs: { verdict: 'consistent' } });
  });
});

/** What somebody else than the owners may start. */
const events = [
  'pull_request',
  'pull_request_target',
  'pull_request_review',
  'pull_request_review_comment',
  'issue_comment',
];

describe('programs that a configuration names', () => {
  const refused = { code: 2, outputs: { 'exit-code': '2', verdict: '' } };
  const taken = { code: 0, outputs: { 'exit-code': '0', verdict: 'consistent' } };
  const run = (event: string, inputs: Use['with'] = {}, env: Record<string, string> = {}) =>
    runCheck(inputs, { env: { [variable]: key, GITHUB_EVENT_NAME: event, ...env } });

  beforeEach(async () => {
    const command = { kind: 'command', run: ['printf', '%s', key] };
    project = await folder({ '.jwtcheckrc.json': configOf({ tests: { source: command } }) });
  });

  it.each(some(events, 1))('are refused by default for %s', async (event) => {
    const ended = await run(event);
    expect(ended).toMatchObject(refused);
    expect(ended.log).toContain('--no-commands');
    expect(await run(event, { commands: 'false' })).toMatchObject(refused);
    expect(await run(event, { commands: 'true' })).toMatchObject(taken);
  });

  it('are refused by default for a workflow that ran for one, or where that cannot be told', async () => {
    const payloads = await folder({
      'fork.json': { workflow_run: { event: 'pull_request' } },
      'push.json': { workflow_run: { event: 'push' } },
    });
    const at = (name: string) => ({ GITHUB_EVENT_PATH: join(payloads, name) });
    expect(await run('workflow_run', {}, at('fork.json'))).toMatchObject(refused);
    expect(await run('workflow_run', {}, at('missing.json'))).toMatchObject(refused);
    expect(await run('workflow_run', {}, at('push.json'))).toMatchObject(taken);
  });

  it.each(some(['push', 'schedule', 'workflow_dispatch'], 1))('are run for %s', async (event) => {
    expect(await run(event)).toMatchObject(taken);
  });
});

describe('hosts that may be contacted', () => {
  it('are those of the input, whatever the configuration says', async () => {
    expect(await runCheck({ 'allow-hosts': '127.0.0.1' })).toMatchObject({ code: 0 });
    const run = await runCheck({ 'allow-hosts': 'api.example.com' });
    expect(run).toMatchObject({ code: 2, outputs: { 'exit-code': '2' } });
    expect(run.log).toContain('is not allowed by --allow-hosts');
  });
});

describe('what ends without a result', () => {
  it.each([
    [2, /^Nothing was checked/],
    [4, /^jwtcheck failed by itself \(exit code 4\)/],
    [143, /^jwtcheck ended with exit code 143/],
  ] as const)('is told apart by the exit code: %d', async (code, words) => {
    const other = await folder();
    const bin = join(other, 'jwtcheck/node_modules/.bin/jwtcheck');
    await mkdir(dirname(bin), { recursive: true });
    // It leaves something in the report's place, which is none.
    await writeFile(
      bin,
      `#!/bin/bash\nfor flag; do case $flag in --format=json:*) echo x >"\${flag#*:}" ;; esac; done\nexit ${code}\n`,
    );
    await chmod(bin, 0o755);
    const run = await runCheck({}, { temp: other });
    expect(run).toMatchObject({
      code,
      outputs: { 'exit-code': `${code}`, verdict: '', level: '', report: '' },
    });
    expect(annotations(run)).toEqual([
      { name: 'error', title: 'jwtcheck', data: expect.stringMatching(words) },
    ]);
  });
});

describe('the script of the input run', () => {
  const both = [check, 'Run with the right secret'];
  const script = 'printenv JWT_SECRET >secret.txt || true\nenv >env.txt\necho done';
  const tests = { source: { kind: 'env', names: ['JWT_SECRET', 'JWT_SECRET_KEY'], fallback: 'a literal' } };
  const run = (inputs: Use['with'], more: Partial<Use> = {}) =>
    runCheck({ run: script, ...inputs }, { only: both, ...more });

  beforeEach(async () => {
    project = await folder({ '.jwtcheckrc.json': configOf({ service: participant(service), tests }) });
  });

  it('gets the secret, and no input', async () => {
    const ended = await run(
      {},
      { env: { [variable]: key, JWT_SECRET: 'an old one', JWT_SECRET_KEY: 'too' } },
    );
    expect(ended).toMatchObject({ code: 0, outputs: { verdict: 'consistent', 'exit-code': '0' } });
    expect(ended.log).toContain('done');
    expect(ended.log).not.toContain(key);
    expect(await readFile(join(project, 'secret.txt'), 'utf8')).toBe(`${key}\n`);
    expect(await readFile(join(project, 'env.txt'), 'utf8')).not.toMatch(/^JWT(?:CHECK_INPUT|_SECRET_KEY)/m);
  });

  it('gets tokens alone', async () => {
    const ended = await run({ token: 'ONE\n\n TWO=access \n', environment: 'staging' });
    expect(ended).toMatchObject({ code: 0, outputs: { verdict: 'consistent' } });
    const env = await readFile(join(project, 'env.txt'), 'utf8');
    expect(env).toMatch(/^ONE=eyJ/m);
    expect(env).toMatch(/^TWO=eyJ/m);
    expect(env).not.toContain(key);
  });

  it('fails the step with its own exit code', async () => {
    expect(await run({ run: 'false\ntouch more.txt' })).toMatchObject({
      code: 1,
      outputs: { 'exit-code': '0', verdict: 'consistent' },
    });
    expect(await run({ run: 'exit 7' })).toMatchObject({ code: 7, outputs: { 'exit-code': '0' } });
    expect(await readdir(project)).toEqual(['.jwtcheckrc.json']);
  });

  it('is not run where the check fails, or what it gets is not clear', async () => {
    service.hold(`${key}\n`);
    expect(await run({})).toMatchObject({ code: 1, outputs: { 'exit-code': '1', verdict: 'inconsistent' } });
    service.hold(key);
    expect(await run({ participant: 'service' })).toMatchObject({ code: 2, outputs: { 'exit-code': '2' } });
    expect(await run({ token: 'not a variable' })).toMatchObject({ code: 2, outputs: { verdict: '' } });
    expect(await readdir(project)).toEqual(['.jwtcheckrc.json']);
  });

  it('is not run for a pull request whose configuration runs programs', async () => {
    const command = { source: { kind: 'command', run: ['printf', '%s', key] } };
    project = await folder({ '.jwtcheckrc.json': configOf({ tests, command }) });
    const env = { [variable]: key, GITHUB_EVENT_NAME: 'pull_request' };
    expect(await run({}, { env })).toMatchObject({ code: 2, outputs: { 'exit-code': '2' } });
    expect(await run({ commands: 'true' }, { env })).toMatchObject({ code: 0 });
  });
});

/** A PATH with these programs in place of others. */
async function pathWith(programs: Readonly<Record<string, string>>): Promise<string> {
  const bin = await folder(programs);
  for (const name of Object.keys(programs)) await chmod(join(bin, name), 0o755);
  return `${bin}:${process.env.PATH}`;
}

/** A program that leaves its arguments, each of which ends with a NUL byte. */
const recorder = '#!/bin/sh\nprintf \'%s\\0\' "$@" >arguments\n';

/** The arguments of the recorder, which left nothing else. */
async function recorded(): Promise<string[]> {
  expect((await readdir(project)).sort()).toEqual(['.jwtcheckrc.json', 'arguments']);
  return (await readFile(join(project, 'arguments'), 'utf8')).split('\0').slice(0, -1);
}

/** What npm is called with, by a program in its place. */
async function npmCalledWith(inputs: Use['with'] = {}): Promise<string[]> {
  const path = await pathWith({ npm: recorder });
  const run = await runAction({ with: inputs, workspace: project, temp, path, only: [install] });
  expect(run).toMatchObject({ code: 0, log: '' });
  return recorded();
}

const hostile = [
  '$(touch pwned)',
  '`touch pwned`',
  '"; touch pwned; "',
  "'; touch pwned; '",
  '|| touch pwned',
  ['$', '{IFS}touch$', '{IFS}pwned'].join(''),
  '* ? [a-z] ~',
  '--version',
  '-',
  'blanks, \'quotes\' and "quotes" \\ and $HOME',
];

/** All of them beside the integration tests. */
const someHostile = some(hostile, 2);

describe('inputs', () => {
  /** What the check is called with, by a program in its place. */
  async function calledWith(inputs: Use['with']): Promise<string[]> {
    const other = await folder();
    const bin = join(other, 'jwtcheck/node_modules/.bin/jwtcheck');
    await mkdir(dirname(bin), { recursive: true });
    await writeFile(bin, recorder);
    await chmod(bin, 0o755);
    const run = await runCheck(inputs, { temp: other });
    expect(run.code).toBe(0);
    // After the command and the report for the outputs.
    return (await recorded()).slice(2);
  }

  it.each(someHostile)('are neither run nor split: %s', async (text) => {
    const inputs = { config: text, environment: text, 'fail-on': text, wait: text, format: text, args: text };
    expect(await calledWith(inputs)).toEqual([
      `--config=${text}`,
      `--environment=${text}`,
      `--fail-on=${text}`,
      `--wait=${text}`,
      `--format=${text}`,
      ...(text.includes(':') ? ['--format=pretty'] : []),
      text,
    ]);
  });

  it.each(someHostile)('are one name of a package: %s', async (text) => {
    expect((await npmCalledWith({ package: text })).slice(-2)).toEqual(['--', text]);
  });

  it('with line breaks stay one flag where they are one value', async () => {
    expect(await calledWith({ environment: 'a\n--fail-on=never' })).toEqual([
      '--environment=a\n--fail-on=never',
      '--format=github',
    ]);
  });
});

describe('what it needs', () => {
  it.each(['18.20.4', '20.18.9'])('says that Node %s is too old', async (version) => {
    const path = await pathWith({ node: `#!/bin/sh\necho ${version}\n` });
    const run = await runAction({ workspace: project, temp, path });
    expect(run).toMatchObject({ code: 1, outputs: { verdict: '', 'exit-code': '' } });
    expect(annotations(run)).toEqual([
      { name: 'error', title: 'jwtcheck', data: expect.stringContaining(`Node ${version} is too old`) },
    ]);
  });

  it('says that there is no Node', async () => {
    const bash = await folder();
    await writeFile(join(bash, 'bash'), '#!/bin/sh\nexec /bin/bash "$@"\n');
    await chmod(join(bash, 'bash'), 0o755);
    const run = await runAction({ workspace: project, temp, path: bash });
    expect(annotations(run)).toEqual([
      { name: 'error', title: 'jwtcheck', data: expect.stringContaining('no node') },
    ]);
  });

  it('installs exactly the version that it belongs to, without running anything of it', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const args = await npmCalledWith();
    expect(args).toContain('--ignore-scripts');
    expect(args.slice(-2)).toEqual(['--', `jwtcheck@${version}`]);
  });

  it('says that npm failed', async () => {
    const path = await pathWith({ npm: '#!/bin/sh\nexit 1\n' });
    const run = await runAction({ workspace: project, temp, path });
    expect(run.code).toBe(1);
    expect(annotations(run)).toEqual([
      { name: 'error', title: 'jwtcheck', data: expect.stringContaining('could not be installed') },
    ]);
  });
});

it('is whole: inputs that are used, outputs of steps that there are, nothing put into a script', async () => {
  const { inputs, outputs, runs } = await readAction();
  const values = runs.steps.flatMap((step) => [...Object.values(step.env), step['working-directory'] ?? '']);
  for (const name of Object.keys(inputs)) expect(values).toContain(`\${{ inputs.${name} }}`);
  for (const { value } of Object.values(outputs)) {
    const [, id] = /^\$\{\{ steps\.(\w+)\.outputs\.[\w-]+ \}\}$/.exec(value) ?? [];
    expect(runs.steps.map((step) => step.id)).toContain(id);
  }
  for (const { run } of runs.steps) expect(run).not.toContain('${{');
  const page = await readFile(join(root, 'docs/ci.md'), 'utf8');
  for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) expect(page).toContain(`\`${name}\``);
});
