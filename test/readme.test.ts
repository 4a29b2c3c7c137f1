import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHere } from './support/here.js';

const root = join(import.meta.dirname, '..');
const pages = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);

let readme = '';
let folder = '';

beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-readme-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fingerprints, durations and ports are others every time. */
const timeless = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{8}\b/g, '########')
    .replace(/\d+ ms|\d+\.\d s\b/g, '# ms')
    .replace(/(emulator at [\d.]+:)\d+/g, '$1#')
    .trim();

it('shows what the demo really prints', async () => {
  const shown = /<!-- output: demo (\S+) -->\s*```text\n([\s\S]*?)```/.exec(readme);
  const patient = ['--timeout', '1m', '--deadline', '10m'];
  const run = await runHere(['demo', shown?.[1] ?? '', ...patient], { env: { COLUMNS: '80' } });
  expect(run.code).toBe(1);
  expect(timeless(shown?.[2] ?? '')).toBe(timeless(run.stdout));
});

it('shows a configuration that is right', async () => {
  const [, config = ''] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
  const path = join(folder, 'readme.json');
  await writeFile(path, config);
  expect(await runHere(['config', 'validate', '-c', path])).toMatchObject({ code: 0 });
});

it('tells every exit code as --help does', async () => {
  const { stdout } = await runHere(['--help']);
  for (const [, code, meaning = ''] of stdout.matchAll(/^ {2}(\d+) +(.+)$/gm)) {
    if (!['130', '143'].includes(code ?? ''))
      expect(readme).toContain(`| ${code} | ${meaning.replace('--fail-on', '`--fail-on`')} |`);
  }
});

it('names commands that there are', async () => {
  const named = [...readme.matchAll(/^\d\. `jwtcheck ([a-z]+(?: [a-z]+)?)`|\| jwtcheck ([a-z]+)$/gm)].map(
    ([, listed, piped]) => listed ?? piped ?? '',
  );
  expect(named).toEqual(['init', 'config validate', 'fingerprint']);
  for (const command of named) {
    expect(await runHere([...command.split(' '), '--help'])).toMatchObject({ code: 0 });
  }
});

it.each(['README.md', 'man/jwtcheck.1', ...pages])(
  '%s has nobody run a name that npm would look up',
  async (page) => {
    expect(await readFile(join(root, page), 'utf8')).not.toMatch(/npx (?:-\S+ )*jwtcheck/);
  },
);
