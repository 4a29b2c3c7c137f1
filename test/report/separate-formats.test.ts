import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { formatNames } from '../../src/report/format-names.js';

const folder = resolve(import.meta.dirname, '../../src/report');

/** The format that a file belongs to: `html/html-sections.ts` and `junit.ts`; `null` for what formats share. */
function formatOf(path: string): string | null {
  const [name = ''] = path.replace(/\.ts$/, '').split('/');
  return formatNames.find((format) => format === name) ?? null;
}

it('no format reads another, and none but the view reads what it is made of', async () => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const imports = await Promise.all(
    files.map(async (file) => {
      const source = await readFile(join(folder, file), 'utf8');
      return Array.from(source.matchAll(/ from '(\.[^']+)\.js'/g), ([, to = '']) => ({
        file,
        to: relative(folder, resolve(folder, file, '..', `${to}.ts`)),
      }));
    }),
  );
  const all = imports.flat();
  expect(new Set(all.map(({ file }) => formatOf(file)))).toEqual(new Set([...formatNames, null]));
  const between = all.filter(({ file, to }) => {
    const [from, other] = [formatOf(file), formatOf(to)];
    return from !== null && other !== null && from !== other;
  });
  expect(between).toEqual([]);

  const makers =
    /\b(?:participantStatuses|groupStatuses|tokenTable|headlineOf|suitesOf|overall|bySeverity)\(/;
  const computing = await Promise.all(
    files
      .filter((file) => formatOf(file) !== null)
      .map(async (file) => (makers.test(await readFile(join(folder, file), 'utf8')) ? [file] : [])),
  );
  expect(computing.flat()).toEqual([]);
});
