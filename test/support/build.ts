import { execFileSync } from 'node:child_process';

/** Builds what the command-line tests run, once for all of them. */
export function setup(): void {
  if (process.env.SKIP_BUILD) return;
  execFileSync(process.execPath, ['build.js'], { stdio: 'inherit' });
}
