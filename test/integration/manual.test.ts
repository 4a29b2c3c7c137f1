import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { program } from './support/requirements.js';

const page = 'man/jwtcheck.1';

it('groff has nothing to say of the manual page', () => {
  const { status, stdout, stderr } = spawnSync(program('groff', 'groff'), ['-man', '-ww', '-Tutf8', page], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('jwtcheck');
});

it('nor has mandoc, but for the date that it does not have', () => {
  const { stdout } = spawnSync(program('mandoc', 'mandoc'), ['-T', 'lint', '-W', 'warning', page], {
    encoding: 'utf8',
  });
  const warnings = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'));
  expect(warnings).toEqual([]);
});
