import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fingerprint } from '../support/service.js';

it('what services embed is small and stands alone', async () => {
  const code = await readFile(new URL('../../dist/endpoint.js', import.meta.url), 'utf8');
  expect(code.length).toBeLessThan(20_000);
  expect(code).not.toMatch(/^\s*import\b|\bimport\(|\brequire\(|\bprocess\b|\bBuffer\b/m);
});

it('is what programs import', () => {
  const program = `
    import { fingerprintHandler } from 'jwtcheck/endpoint';
    const handle = fingerprintHandler({ service: 'a', secret: () => 'k'.repeat(32), unauthenticated: true });
    process.stdout.write(await (await handle(new Request('http://a.example/'))).text());`;
  const shown = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(JSON.parse(shown)).toMatchObject({ service: 'a', fingerprint: fingerprint('k'.repeat(32)) });
});

it('reads keys without keeping a process alive', () => {
  const program = `
    import { keyRing } from 'jwtcheck/endpoint';
    const keys = keyRing({ load: () => ({ sign: 'k'.repeat(32), accept: [] }) });
    await keys.ready();
    process.stdout.write(String(keys.accepts.length));`;
  // Otherwise the program never ends.
  const shown = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(shown).toBe('1');
});

it('is what CommonJS programs require, with types that every resolution finds', async () => {
  const program = `process.stdout.write(typeof require('jwtcheck/endpoint').nodeHandler)`;
  const shown = execFileSync(process.execPath, ['--input-type=commonjs', '-e', program], {
    encoding: 'utf8',
  });
  expect(shown).toBe('function');
  const { exports, typesVersions } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(typesVersions['*'].endpoint).toEqual([exports['./endpoint'].types]);
});

it('has short lines: Node prints the one that threw, where a service does not catch that its keys cannot be read', async () => {
  const code = await readFile(new URL('../../dist/endpoint.js', import.meta.url), 'utf8');
  const longest = Math.max(...code.split('\n').map(({ length }) => length));
  expect(longest).toBeLessThan(500);
});
