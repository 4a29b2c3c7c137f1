import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bin } from '../support/cli.js';
import { root } from '../support/packed.js';
import { workspace } from '../support/workspace.js';
import { program } from './support/requirements.js';

const page = await readFile(join(root, 'docs/exec.md'), 'utf8');
const [, example = ''] = /^```go\n\/\/ e2e_test\.go\n([\s\S]*?)^```$/m.exec(page) ?? [];
const folder = workspace();

const config = {
  environments: {
    staging: { reference: 'store', participants: { store: { source: { kind: 'file', path: 'key' } } } },
  },
};

/** A test that fails without a token. */
const test = `
func TestToken(t *testing.T) {
	if len(token(t)) < 100 {
		t.Fatal("no token")
	}
}
`;

it('the Go example of docs/exec.md gets a token, and fails without one', { timeout: 120_000 }, async () => {
  const cwd = await folder({
    '.jwtcheckrc.json': config,
    key: 'a secret of thirty-two bytes or more',
    'go.mod': 'module e2e\n\ngo 1.18\n',
    'e2e_test.go': example + test,
  });
  const go = program('go', 'golang-go');
  const run = (file: string, args: readonly string[]) =>
    new Promise<{ code: unknown; output: string }>((done) => {
      // Its cache is that of other tests, which have compiled the standard library.
      const GOCACHE = process.env.GOCACHE ?? join(homedir(), '.cache/go-build');
      const env = { PATH: process.env.PATH, HOME: cwd, GOCACHE, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
      execFile(file, args, { cwd, env }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : error.code, output: stdout + stderr }),
      );
    });
  const tests = [go, 'test', '-count=1', './...'];
  expect(await run(go, tests.slice(1))).toMatchObject({
    code: 1,
    output: expect.stringContaining('jwtcheck exec'),
  });
  const exec = [bin, 'exec', '--token', 'E2E_TOKEN', '--', ...tests];
  expect(await run(process.execPath, exec)).toMatchObject({ code: 0, output: expect.stringContaining('ok') });
});
