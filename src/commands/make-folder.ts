import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);

/**
 * Makes a folder and those above it. `mkdir` with `recursive` would try for ever where none can be made, such as in /proc.
 * @throws as `mkdir`
 */
export async function makeFolder(path: string): Promise<void> {
  const make = (): Promise<unknown> =>
    mkdir(path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  try {
    await make();
  } catch (error) {
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path) throw error;
    await makeFolder(above);
    await make();
  }
}
