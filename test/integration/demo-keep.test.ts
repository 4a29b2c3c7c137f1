import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { some } from '../support/random.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

/** Types a command into another terminal, in a folder of its own. @returns its exit code, and what it printed */
async function typed(command: string, cwd: string, env: Record<string, string>) {
  const { PATH = '' } = process.env;
  const child = execFile('sh', ['-c', command], { cwd, env: { PATH, ...env } });
  let printed = '';
  child.stdout?.on('data', (text: string) => {
    printed += text;
  });
  const [code] = await once(child, 'close');
  return { code, printed };
}

describe.concurrent('what demo --keep prints to type in another terminal', () => {
  it.each(
    some(
      [
        ['', {}],
        [' in CI', { CI: 'true' }],
        [' behind a proxy', { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' }],
      ] as const,
      1,
    ),
  )('breaks and repairs a service%s', async (_where, env) => {
    const cwd = await folder({});
    let up = (_stderr: string): void => {};
    const instructions = new Promise<string>((resolve) => {
      up = resolve;
    });
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const ended = runCli(['demo', '--keep'], {
      cwd,
      onOutput: ({ stderr }) => stderr.includes('until Ctrl-C') && up(stderr),
      killOnce: { happened: over, signal: 'SIGINT' },
    });
    try {
      const text = await Promise.race([instructions, ended.then(({ stderr }) => stderr)]);
      const command = (pattern: RegExp) => pattern.exec(text)?.[1] ?? 'exit 99';
      // With as much time as a busy machine may need.
      const check = command(/^ {2}(\(set -a; .*\))$/m).replace(/\)$/, ' --timeout 1m --deadline 5m)');
      const breaks = command(/^ {2}(curl .*\/break)$/m);
      const repairs = command(/^ {2}(curl .*\/repair)$/m);
      const type = (line: string) => typed(line, cwd, env);

      expect(await type(check)).toMatchObject({ code: 0 });
      expect(await type(breaks)).toMatchObject({ code: 0, printed: expect.stringContaining('newline') });
      const broken = await type(check);
      expect(broken).toMatchObject({ code: 1, printed: expect.stringContaining('trailing-newline') });
      expect(broken.printed).toContain('backend_service');
      expect(await type(repairs)).toMatchObject({ code: 0, printed: expect.stringContaining('latest') });
      expect(await type(check)).toMatchObject({ code: 0 });
    } finally {
      end();
    }
    expect((await ended).code).toBe(130);
  });
});
