import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import * as z from 'zod';
import { workspace } from '../support/workspace.js';
import { program } from './support/requirements.js';

const deploy = resolve(import.meta.dirname, '../../deploy');
const folderOf = workspace();

/** How a program ended, and all that it said. */
function run(name: string, debianPackage: string, args: readonly string[]) {
  const options = { cwd: deploy, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(program(name, debianPackage), args, options);
  return { status, said: `${stdout}${stderr}` };
}
const promtool = (...args: string[]) => run('promtool', 'prometheus', args);
const amtool = (...args: string[]) => run('amtool', 'prometheus-alertmanager', args);

describe('promtool', () => {
  it('takes the rules, and finds them to do what their tests say', () => {
    const checked = promtool('check', 'rules', '--lint=all', '--lint-fatal', 'prometheus/rules.yml');
    expect(checked).toMatchObject({ status: 0, said: expect.stringContaining('SUCCESS: 15 rules found') });
    expect(promtool('test', 'rules', 'prometheus/rules.test.yml')).toMatchObject({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  });

  it('takes the configuration of Prometheus', () => {
    const { status, said } = promtool('check', 'config', 'prometheus/prometheus.yml');
    expect(status, said).toBe(0);
  });

  it('can read every expression of the dashboard', async () => {
    const dashboard: unknown = JSON.parse(await readFile(join(deploy, 'grafana/dashboard.json'), 'utf8'));
    const expressions = found(dashboard, 'expr').map((expr) => z.string().parse(expr));
    expect(expressions.length).toBeGreaterThan(10);
    const left = new Set(expressions.flatMap((text) => text.match(/\$\w+/g) ?? []));
    expect([...left], 'variables').toEqual(['$environment']);
    const rules = expressions.map((text, index) => ({
      record: `panel:${index}`,
      expr: text.replaceAll('$environment', 'staging'),
    }));
    const check = async (all: readonly object[]) => {
      const folder = await folderOf({ 'rules.yml': stringify({ groups: [{ name: 'panels', rules: all }] }) });
      return promtool('check', 'rules', '--lint=none', join(folder, 'rules.yml'));
    };
    const { status, said } = await check(rules);
    expect(status, said).toBe(0);
    // It is no formality: one that cannot be read is refused.
    expect((await check([...rules, { record: 'broken', expr: 'sum by (le (x)' }])).status).toBe(1);
  });
});

it('amtool takes the configuration of Alertmanager', () => {
  expect(amtool('check-config', 'alertmanager/alertmanager.yml')).toMatchObject({
    status: 0,
    said: expect.stringContaining('SUCCESS'),
  });
});

describe('systemd-analyze', () => {
  const verify = async (change: (unit: string) => string) => {
    const unit = await readFile(join(deploy, 'systemd/jwtcheck-watch@.service'), 'utf8');
    const folder = await folderOf({ 'jwtcheck-watch@staging.service': change(unit) });
    return run('systemd-analyze', 'systemd', [
      'verify',
      '--man=no',
      '--recursive-errors=no',
      join(folder, 'jwtcheck-watch@staging.service'),
    ]);
  };

  it('takes the unit', async () => {
    expect(await verify((unit) => unit)).toEqual({ status: 0, said: '' });
  });

  it('would refuse a program that is not there, and a setting that it does not know', async () => {
    const missing = await verify((unit) => unit.replace('/usr/bin/env jwtcheck', '/usr/bin/no-such-program'));
    expect(missing.status).not.toBe(0);
    const unknown = await verify((unit) => unit.replace('DynamicUser=yes', 'DynamicUzer=yes'));
    expect(unknown.said).toContain('DynamicUzer');
  });
});

it('a program that is missing is told of with what to install', () => {
  const wanted = () => program('no-such-program', 'some-package');
  expect(wanted).toThrow('apt-get install --no-install-recommends some-package');
});

/** What is looked for in a tree, wherever it stands. */
function found(tree: unknown, key: string): unknown[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...found(value, key),
  ]);
}
