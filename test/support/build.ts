import { execFileSync } from 'node:child_process';

/** Set once the program for the tests is built: for every project of a run, or by hand if nothing changed since. */
const built = 'JWTCHECK_TEST_BUILT';

/** Builds the program for the command-line tests, once for all of them. */
export function setup(): void {
  if (process.env[built] !== undefined) return;
  execFileSync(process.execPath, ['build.js'], { stdio: 'inherit' });
  process.env[built] = 'yes';
}
