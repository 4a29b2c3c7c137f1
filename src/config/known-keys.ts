import type * as z from 'zod';
import type { JsonValue } from '../model.js';
import { at, type Path } from '../schema/path.js';
import { configJsonSchema } from './json-schema.js';

type Schema = z.core.JSONSchema.JSONSchema;

/** The allowed keys of the object at this path. If the path passes a `kind`, the keys of that kind. */
export function knownKeys(tree: JsonValue, path: Path): string[] {
  let schemas: Schema[] = [configJsonSchema()];
  for (const [depth, part] of path.entries()) {
    const value = at(tree, path.slice(0, depth));
    schemas = schemas.flatMap((schema) => branches(schema, value)).flatMap((schema) => child(schema, part));
  }
  const here = at(tree, path);
  const keys = schemas
    .flatMap((schema) => branches(schema, here))
    .flatMap((schema) => Object.keys(schema.properties ?? {}));
  return [...new Set(keys)];
}

/** The alternatives that match the value's `kind`; all if none does. */
function branches(schema: Schema, value: JsonValue | undefined): Schema[] {
  const all = (schema.anyOf ?? schema.oneOf)?.filter((branch) => typeof branch === 'object');
  if (all === undefined) return [schema];
  const kind = at(value, ['kind']);
  const fitting = all.filter((branch) => {
    const property = branch.properties?.kind;
    return typeof property === 'object' && property.const === kind;
  });
  return fitting.length > 0 ? fitting : all;
}

function child(schema: Schema, part: string | number): Schema[] {
  const next =
    typeof part === 'number'
      ? schema.items
      : schema.properties !== undefined && Object.hasOwn(schema.properties, part)
        ? schema.properties[part]
        : schema.additionalProperties;
  return typeof next === 'object' && !Array.isArray(next) ? [next] : [];
}
