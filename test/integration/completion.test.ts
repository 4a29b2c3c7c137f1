import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { scripts } from '../../src/cli/completion/scripts.js';
import { installed } from '../support/installed.js';
import { workspace } from '../support/workspace.js';
import { program } from './support/requirements.js';

const folder = workspace();
const hostile = '$(touch pwned)';
let cwd: string;
let env: Record<string, string>;

beforeAll(async () => {
  const source = { kind: 'pinned', fingerprint: '11111111' };
  const participants = Object.fromEntries(
    ['auth', 'backend', hostile, 'a b'].map((name) => [name, { source }]),
  );
  cwd = await folder({
    '.jwtcheckrc.json': { environments: { staging: { participants } } },
    'jwtcheck.zsh': scripts.zsh,
    'jwtcheck.fish': scripts.fish,
    'report.json': '',
  });
  const PATH = await installed(cwd);
  env = { PATH, HOME: cwd, TERM: 'dumb' };
});

const run = (shell: string, args: readonly string[]): string =>
  execFileSync(program(shell, shell), args, { cwd, env, encoding: 'utf8' });

describe('in fish', () => {
  const completed = (line: string): string[] =>
    run('fish', ['-N', '-c', `source jwtcheck.fish; complete -C ${JSON.stringify(line)}`])
      .split('\n')
      .flatMap((one) => one.split('\t')[0] || []);

  it('completes flags, names and files', () => {
    expect(completed('jwtcheck --allow-u')).toEqual(['--allow-unreachable']);
    expect(completed('jwtcheck --only ba')).toEqual(['backend']);
    expect(completed('jwtcheck --only ').sort()).toEqual([hostile, 'a b', 'auth', 'backend'].sort());
    expect(completed('jwtcheck -f json:rep')).toEqual(['json:report.json']);
    expect(completed('jwtcheck -c rep')).toEqual(['report.json']);
    expect(completed('jwtcheck exec --check -- cat rep')).toEqual(['report.json']);
    expect(completed('jwtcheck exec -- jwtcheck --allow-u')).toEqual(['--allow-unreachable']);
    expect(completed('jwtcheck exec -- jwtche')).toContain('jwtcheck');
  });
});

describe('in zsh', () => {
  /** What compadd is given, in a completion of the real shell on a pseudo terminal. */
  const completed = (line: string): string => {
    const script = `
      zmodload zsh/zpty
      zpty z zsh -f
      zpty -w z "PS1= ; autoload -Uz compinit; compinit -u -D; source ./jwtcheck.zsh; print READY"
      zpty -r z out '*READY*READY*'
      zpty -w -n z ${JSON.stringify(line)}$'\\t'
      sleep 3
      zpty -r -t z out
      print -r -- "$out"
      while zpty -r -t z out; do print -r -- "$out"; done`;
    return run('zsh', ['-f', '-c', script]);
  };

  it('can be read', () => {
    expect(run('zsh', ['-f', '-n', 'jwtcheck.zsh'])).toBe('');
  });

  it('completes', { timeout: 60_000 }, () => {
    expect(completed('jwtcheck --allow-u')).toContain('--allow-unreachable');
    expect(completed('jwtcheck --only ba')).toContain('backend');
    expect(completed('jwtcheck --only \\$')).toContain('\\$\\(touch\\ pwned\\)');
    expect(completed('jwtcheck -f json:rep')).toContain('json:report.json');
    expect(completed('jwtcheck exec --check -- cat rep')).toContain('report.json');
    expect(completed('jwtcheck exec -- jwtcheck --allow-u')).toContain('--allow-unreachable');
  });
});
