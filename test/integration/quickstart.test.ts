import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { installed } from '../support/installed.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const root = resolve(import.meta.dirname, '../..');
let second: ChildProcess | null = null;

/** A block of the page: its language, what it says beside it, and its text. */
interface Block {
  readonly language: string;
  readonly info: string;
  readonly text: string;
}

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(\w+) ?([\w-]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', info = '', text = '']) => ({
      language,
      info,
      text,
    }),
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.end());
  });

/** Ctrl-C in the second terminal. */
async function interrupt(): Promise<void> {
  if (second === null || second.pid === undefined || second.exitCode !== null) return;
  const ended = once(second, 'exit');
  process.kill(-second.pid, 'SIGINT');
  await ended;
}

afterAll(interrupt);

it('does what it says, command by command', async () => {
  const cwd = await folder();
  const port = await freePort();
  const page = (await readFile(join(root, 'docs/quickstart.md'), 'utf8')).replaceAll('3000', String(port));
  const env: Record<string, string> = { PATH: await installed(cwd), HOME: cwd, LANG: 'C.UTF-8' };
  // What `npm install` would bring, without a registry.
  const install = 'npm install /path/to/jwtcheck-1.0.0.tgz\n';
  await symlink(root, join(cwd, 'node_modules/jwtcheck'));
  const codes: number[] = [];
  let output = '';

  for (const { language, info, text } of blocksOf(page)) {
    if (language === 'js') await writeFile(join(cwd, 'service.mjs'), text);
    else if (language === 'text') {
      const told = output.replace(/\s+/g, ' ');
      for (const line of text.split('\n')) expect(told).toContain(line.trim().replace(/\s+/g, ' '));
    } else if (info === 'second-terminal') {
      await interrupt();
      second = spawn('bash', ['--norc', '-c', text], { cwd, env, detached: true, stdio: 'ignore' });
      await expect.poll(() => listens(port), { interval: 50 }).toBe(true);
    } else {
      for (const [, name = '', value = ''] of text.matchAll(/^export (\w+)=(.*)$/gm)) env[name] = value;
      const script = `set -e\n${text.replace(install, '')}`;
      const run = spawn('bash', ['--norc', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      output = '';
      for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
      const [code] = await once(run, 'close');
      const expected = /^exit-code-(\d+)$/.exec(info)?.[1] ?? '0';
      expect({ text, output, code: String(code) }).toEqual({ text, output, code: expected });
      if (info !== '') codes.push(Number(code));
    }
  }
  expect(codes).toEqual([1, 0]);
});
