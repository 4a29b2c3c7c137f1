import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { compileSources } from './compiled.js';

/** Set once the program for the tests is built: for every project of a run, or by hand if nothing changed since. */
const built = 'JWTCHECK_TEST_BUILT';

/** Builds the program for the command-line tests, and compiles its sources for the others, once for all of them. */
export async function setup({ config }: TestProject): Promise<void> {
  if (process.env[built] !== undefined) return;
  const [{ stderr }] = await Promise.all([
    promisify(execFile)(process.execPath, ['build.js']),
    config.watch ? null : compileSources(),
  ]);
  process.stderr.write(stderr);
  process.env[built] = 'yes';
}
