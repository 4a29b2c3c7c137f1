import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bin } from './cli.js';

/** Puts `jwtcheck` into a folder as npm would, and returns a PATH on which it is found. */
export async function installed(folder: string): Promise<string> {
  const to = join(folder, 'node_modules/.bin');
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'jwtcheck'), `#!/bin/sh\nexec ${process.execPath} ${bin} "$@"\n`);
  await chmod(join(to, 'jwtcheck'), 0o755);
  return [to, dirname(process.execPath), process.env.PATH ?? ''].join(':');
}
