import { beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { expectRefusal, mistyped as value } from '../support/refusal.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const fine = {
  environments: { only: { participants: { p: { source: { kind: 'pinned', fingerprint: '11111111' } } } } },
};
let cwd: string;

beforeAll(async () => {
  cwd = await folder({ '.jwtcheckrc.json': fine });
});

const run = (args: readonly string[]): Promise<Run> => runHere(args, { cwd });

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
    [['--wait', '1s', '--interval', ''], ['--interval takes a duration']],
    [['--interval', '5s'], ['requires --wait']],
    [['--only', 'p', '--skip', 'p'], ['--only and --skip name the same participant: `p`']],
    [['--no-probes', '--controls', 'all'], ['--controls has no effect']],
    [['-q', '-v'], ['--quiet and --verbose contradict each other']],
    [['--json'], ['unknown option `--json`', 'Use: -f json']],
    [['--junit=out.xml'], ['Use: -f junit']],
    [['check', '--env', 'prod'], ['Use: -e NAME']],
    [['watch', '--env', 'prod'], ['Use: -e NAME']],
    [['--formt', 'json'], ['did you mean --format']],
    [
      ['rotate', '--appply'],
      ['did you mean --apply', 'See jwtcheck rotate --help.'],
    ],
    [['validate'], ['Use: jwtcheck config validate']],
    [
      ['run', '--', 'npm', 'test', '--json'],
      ['unknown command `run`', 'Use: jwtcheck exec -- COMMAND'],
    ],
    [['exec', '--env', 'prod', '--', 'true', '--json'], ['Use: -e NAME']],
    [['exec', 'npx', '--headed'], ['Flags of your command stand after --']],
    [['--concurrency', '0'], ['--concurrency takes a whole number from 1']],
    [['--concurrency', '1.5'], ['--concurrency takes a whole number']],
    [
      ['--controls', 'forged,stale'],
      ['--controls takes', 'tampered'],
    ],
    [['--controls', ''], ['--controls takes']],
    [
      ['--controls', 'retired:latest'],
      ['--controls takes', 'retired:VERSION'],
    ],
    [['--controls', 'retired,retired:6'], ['--controls: name retired once']],
    [
      ['--controls', 'retired'],
      ['the control retired needs earlier versions', '--controls forged,missing'],
    ],
    [['--fail-on', 'info'], ['--fail-on takes']],
    [['--expect', '1234567'], ['--expect takes 8 to 64 hex digits']],
    [['--expect', `${value}`], ['--expect takes 8 to 64 hex digits']],
    [
      ['--only', 'pp'],
      ['unknown participant', 'Participants: p'],
    ],
    [['--skip', 'nobody'], ['unknown participant']],
    [['--allow-unreachable', 'q'], ['unknown participant']],
    [['-e', 'onl'], ['did you mean `only`']],
    [['-c'], ['argument missing']],
    [['-f'], ['argument missing']],
    [
      ['demo', 'hard-coded-falback'],
      ['did you mean', 'hard-coded-fallback'],
    ],
    [['demo', '\u001b[31m'], ['unknown scenario']],
    [['demo', 'toString'], ['unknown scenario']],
    [['demo', 'consistent', 'twice'], ['too many arguments']],
    [['explain', 'trailing-new-line'], ['Did you mean trailing-newline']],
    [['explain', 'hasOwnProperty'], ['unknown finding']],
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

it('an unknown participant is an error that lists the known ones, once each', async () => {
  const pinned = { source: { kind: 'pinned', fingerprint: '11111111' } };
  const participants = { a: pinned, b: pinned, c: pinned };
  const own = await folder({ 'three.json': { environments: { s: { reference: 'a', participants } } } });
  const { code, stderr } = await runHere(['-c', 'three.json', '--only', 'other'], { cwd: own });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'jwtcheck: --only: unknown participant "other"\nhint: Participants: a, b, c.\n',
  });
});
