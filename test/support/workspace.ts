import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** Files by name; content other than text or bytes is written as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** Creates folders for the tests of one file; all of them are removed at its end. */
export function workspace(): (files?: Files) => Promise<string> {
  const made: string[] = [];
  afterAll(async () => {
    await Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true })));
  });
  return async (files = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-test-'));
    made.push(folder);
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      const asIs = typeof content === 'string' || Buffer.isBuffer(content);
      await writeFile(path, asIs ? content : JSON.stringify(content));
    }
    return folder;
  };
}
