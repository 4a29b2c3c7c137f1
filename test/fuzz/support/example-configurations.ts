import { readdirSync, readFileSync } from 'node:fs';
import { parse as parseJsonc } from 'jsonc-parser';
import type { JsonValue } from '../../../src/model.js';

/** Configurations that are right, and variables for them. */

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The example and those of the documentation, pieces where they go. */
export const examples: readonly string[] = [
  read('.jwtcheckrc.example.json'),
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      [...read(`docs/${name}`).matchAll(/```jsonc?\n([\s\S]*?)```/g)].map(([, json = '']) => json),
    )
    .flatMap((text) => {
      const value: JsonValue | undefined = parseJsonc(text);
      return isObject(value) ? [JSON.stringify(whole(value), null, 2)] : [];
    }),
];

function whole(piece: Record<string, JsonValue>): JsonValue {
  const participants = { a: { source: { kind: 'pinned', fingerprint: '11111111' } } };
  if ('environments' in piece) return piece;
  return 'participants' in piece
    ? { environments: { staging: piece } }
    : { ...piece, environments: { staging: { participants } } };
}

export function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const names = [
  'FUZZ_ONE',
  'FUZZ_TWO',
  ...new Set(
    examples.flatMap((text) => [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name)),
  ),
];

/** What must not be seen of the variables. */
export const hidden: readonly string[] = [
  ...names.map((name, at) => `v${at}q-Xk7${name.length}zW"<ä>&jR8${(at * 7919) % 9973}uM/`),
  'pJ4-hS9.dR2_xB6~qW1k',
];

/** Variables that are set. */
export const variables: Readonly<Record<string, string>> = {
  ...Object.fromEntries(names.map((name, at) => [name, hidden[at] ?? ''])),
  FUZZ_URL: `https://a.example/${hidden.at(-1)}`,
  FUZZ_TIME: '5s',
};
