import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scripts, shells } from '../../src/cli/completion/scripts.js';
import { runHere } from '../support/here.js';
import { installed } from '../support/installed.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const hostile = '$(touch pwned)';
let cwd: string;
let path: string;

beforeAll(async () => {
  const source = { kind: 'pinned', fingerprint: '11111111' };
  const participants = Object.fromEntries(
    ['auth', 'backend', hostile, 'a b'].map((name) => [name, { source }]),
  );
  cwd = await folder({
    '.jwtcheckrc.json': { environments: { staging: { participants } } },
    'report.json': '',
  });
  path = await installed(cwd);
});

/** What the real bash would put at the cursor at the end of a line. */
function inBash(line: string): string[] {
  const script = `${scripts.bash}
    COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
    COMP_LINE=$1 COMP_POINT=\${#1}
    _jwtcheck
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script, 'bash', line], {
    cwd,
    env: { PATH: path },
    encoding: 'utf8',
  });
  return out.split('\n').filter((one) => one !== '');
}

describe('in bash', () => {
  it('completes flags and names', () => {
    expect(inBash('jwtcheck --allow')).toEqual(['--allow-unreachable', '--allow-hosts', '--allow-emulator']);
    expect(inBash('jwtcheck --only ')).toEqual(['auth', 'backend', '\\$\\(touch\\ pwned\\)', 'a\\ b']);
    expect(inBash('jwtcheck --only=ba')).toEqual(['backend']);
  });

  it('completes a command after --, with bash-completion or without', () => {
    const complete = (words: readonly string[], before: string): string[] => {
      const script = `${scripts.bash}
        ${before}
        COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:' COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=\${#COMP_LINE}
        _jwtcheck
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const out = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
        cwd,
        env: { PATH: path },
        encoding: 'utf8',
      });
      return out.split('\n').filter((one) => one !== '');
    };
    const line = ['jwtcheck', 'exec', '--token', '=', 'T', '--', 'jwtch'];
    expect(complete(line, '')).toContain('jwtcheck');
    const known = `_command_offset() { COMPREPLY=("\${COMP_WORDS[$1]}" "$1"); }`;
    expect(complete([...line, '--', ''], known)).toEqual(['jwtch', '6']);
  });

  it('runs nothing that a name says', () => {
    const [inserted = ''] = inBash('jwtcheck --only $');
    const out = execFileSync('bash', ['--norc', '-c', `printf %s ${inserted}`], { cwd, encoding: 'utf8' });
    expect(out).toBe(hostile);
    const [quoted = ''] = inBash('jwtcheck --only "\\$');
    expect(execFileSync('bash', ['--norc', '-c', `printf %s "${quoted}"`], { cwd, encoding: 'utf8' })).toBe(
      hostile,
    );
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
  });
});

describe('the scripts', () => {
  it('bash can read its own', () => {
    const { status, stderr } = spawnSync('bash', ['--norc', '-n'], { input: scripts.bash, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.for(shells)('completion %s prints it', async (shell) => {
    expect(await runHere(['completion', shell])).toMatchObject({
      code: 0,
      stdout: scripts[shell],
      stderr: '',
    });
  });

  it('there is none for another shell', async () => {
    expect(await runHere(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('bash, zsh, fish'),
    });
  });

  it('says nothing of a configuration that cannot be read', async () => {
    const broken = await folder({ '.jwtcheckrc': '{' });
    expect(await runHere(['__complete', 'zsh', '--', '-e', ''], { cwd: broken })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
