import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../seeds/', import.meta.url);

/** An input that failed once. */
export interface Seed<Case> {
  readonly file: string;
  readonly input: Case;
}

/** The kept inputs of a target. What is in the files was made by its `inputs`, and is not looked at again. */
export function seedsOf<Case>(target: string): readonly Seed<Case>[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${target}-`) && name.endsWith('.json'));
  return files.sort().map((file) => {
    const kept: { input: Case } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return { file, input: kept.input };
  });
}

/** Writes an input down, and why it failed. @returns the path of the file */
export function keep(target: string, input: unknown, why: string): string {
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 8);
  const file = `${target}-${hash}.json`;
  mkdirSync(folder, { recursive: true });
  const [first = ''] = why.split('\n');
  writeFileSync(new URL(file, folder), `${JSON.stringify({ why: first.slice(0, 300), input }, null, 2)}\n`);
  return `test/fuzz/seeds/${file}`;
}
