import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shardOf } from '../../src/config/shards.js';
import { runHere } from '../support/here.js';
import { root } from '../support/packed.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const page = await readFile(join(root, 'docs/fleets.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const [config = ''] = blocks.flatMap(([, language, text = '']) => (language === 'json' ? [text] : []));
const commands = blocks
  .flatMap(([, language, text = '']) => (language === 'sh' ? text.split('\n') : []))
  .flatMap((line) => {
    const [, args] = /^jwtcheck (-.*?) *(?:#.*)?$/.exec(line) ?? [];
    return args === undefined ? [] : [args.split(' ')];
  });
const names: readonly string[] = Object.keys(JSON.parse(config).environments.production.participants);

/** The participants that a run would contact, without the reference. */
async function contacted(args: readonly string[]): Promise<string[]> {
  const cwd = await folder({ '.jwtcheckrc.json': config });
  const run = await runHere([...args, '--dry-run'], { cwd });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  return names.filter((name) => name !== 'secret_manager' && run.stdout.includes(`\n${name}\n`));
}

describe('docs/fleets.md', () => {
  const services = names.filter((name) => name !== 'secret_manager').sort();

  it.each(['--shard', '--reach'])('has runs with %s that observe every service once', async (flag) => {
    const runs = commands.filter((args) => args.includes(flag));
    expect(runs).toHaveLength(3);
    expect((await Promise.all(runs.map(contacted))).flat().sort()).toEqual(services);
  });

  it('describes how shards are chosen', async () => {
    expect(page).toContain('the first 12 hex digits of the SHA-256 of its name, modulo the number');
    // printf %s auth_service | sha256sum
    expect(shardOf('auth_service', 1000)).toBe((0xf2af798796cc % 1000) + 1);
  });
});
