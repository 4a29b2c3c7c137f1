import { execFileSync } from 'node:child_process';

/** Set once what the tests run was built: for every project of a run, and by hand, where nothing changed since. */
const built = 'JWTCHECK_TEST_BUILT';

/** Builds what the command-line tests run, once for all of them. */
export function setup(): void {
  if (process.env[built] !== undefined) return;
  execFileSync(process.execPath, ['build.js'], { stdio: 'inherit' });
  process.env[built] = 'yes';
}
