import type * as z from 'zod';
import type { JsonValue } from '../model.js';
import { at, isObject, type Path, type Problem, quoted } from '../schema/path.js';
import { didYouMean, listed } from '../schema/suggest.js';
import { configJsonSchema } from './json-schema.js';

type Issue = z.core.$ZodIssue;

/** Facts for the message of a problem. Values are examined and never repeated. */
interface Context {
  readonly tree: JsonValue;
  readonly isExpanded: (path: Path) => boolean;
}

/** Translates issues of Zod: place, expected value, type of the found value, and the probable intention. */
export function problemsOf(issues: readonly Issue[], context: Context): Problem[] {
  return issues.flatMap((issue) => problemOf(issue, [], context));
}

function problemOf(issue: Issue, base: Path, context: Context): Problem[] {
  const path = [...base, ...pathOf(issue)];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(context.tree, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key ${quoted(key)}${didYouMean(key, known)}`,
      }));
    }
    case 'invalid_union':
      return union(issue, path, context);
    case 'invalid_key':
      return issue.issues.map((inner) => ({
        path,
        message: inner.code === 'too_small' ? 'a name must not be empty' : inner.message,
      }));
    case 'invalid_type':
    case 'invalid_value': {
      const found = at(context.tree, path);
      const wanted = expected(issue) ?? 'another value';
      if (found === undefined) return [{ path, message: `missing; expected ${wanted}` }];
      const note = context.isExpanded(path) ? ' (a variable always yields text)' : '';
      if (issue.code === 'invalid_type' || typeof found !== 'string')
        return [{ path, message: `expected ${wanted}, found ${foundWords(found, issue)}${note}` }];
      const guess = context.isExpanded(path) ? '' : didYouMean(found, issue.values.map(String));
      return [{ path, message: `expected ${wanted}${guess}` }];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, message: limit(issue) }];
    default:
      return [{ path, message: issue.message }];
  }
}

function pathOf(issue: Issue): Path {
  return issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part));
}

function union(issue: z.core.$ZodIssueInvalidUnion, path: Path, context: Context): Problem[] {
  if (issue.inclusive !== false && issue.discriminator !== undefined) {
    const kinds = (issue.options ?? []).map(String);
    const found = at(context.tree, path);
    if (found === undefined) return [{ path, message: `missing; expected ${listed(kinds)}` }];
    const guess = typeof found === 'string' && !context.isExpanded(path) ? didYouMean(found, kinds) : '';
    return [{ path, message: `unknown ${issue.discriminator}; expected ${listed(kinds)}${guess}` }];
  }
  // Selects the intended alternative: the one whose outer structure matches, with its inner problems, the one with a
  // message of its own, or a list of names beside a pattern.
  const meant =
    issue.errors.find((errors) => errors.length > 0 && errors.every((e) => e.path.length > 0)) ??
    issue.errors.find((errors) => errors.length > 0 && errors.every((e) => e.code === 'custom')) ??
    (issue.errors.flat().every((e) => e.code === 'invalid_value' || e.code === 'invalid_format')
      ? issue.errors.find((errors) => errors.some((e) => e.code === 'invalid_value'))
      : undefined);
  if (meant !== undefined) return meant.flatMap((inner) => problemOf(inner, path, context));
  const wanted = issue.errors.flatMap((errors) => errors.flatMap((inner) => expected(inner) ?? []));
  const words = wanted.length === 0 ? 'another value' : [...new Set(wanted)].join(' or ');
  const found = at(context.tree, path);
  const but = found === undefined || typeof found === 'string' ? '' : `, found ${foundWords(found)}`;
  return [{ path, message: `expected ${words}${but}` }];
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function expected(issue: Issue): string | null {
  if (issue.code === 'invalid_type') return typeWords[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return listed(issue.values.map(String));
  return null;
}

function foundWords(value: JsonValue, issue?: Issue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number')
    return issue?.code === 'invalid_type' && issue.expected === 'int' ? 'a fraction' : 'a number';
  return typeof value === 'string' ? 'text' : 'an object';
}

function limit(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const bound = Number(small ? issue.minimum : issue.maximum);
  if (issue.origin === 'string' || issue.origin === 'array') {
    if (small && bound === 1) return 'must not be empty';
    const unit = issue.origin === 'string' ? 'characters' : 'entries';
    return `must have at ${small ? 'least' : 'most'} ${bound} ${unit}`;
  }
  return `must be at ${small ? 'least' : 'most'} ${bound}`;
}

type Schema = z.core.JSONSchema.JSONSchema;

/** The allowed keys of the object at this path. If the path passes a `kind`, the keys of that kind. */
function knownKeys(tree: JsonValue, path: Path): string[] {
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

/** Position of a missing value. */
const last = Number.MAX_SAFE_INTEGER;

/** Sorts problems by their position in the file, so that they can be fixed in one pass. Missing values come last. */
export function inFileOrder(problems: readonly Problem[], tree: JsonValue): Problem[] {
  const places = new Map<JsonValue, Map<string, number>>();
  const placeOf = (holder: JsonValue | undefined, key: string): number => {
    if (!isObject(holder)) return last;
    const known = places.get(holder) ?? new Map(Object.keys(holder).map((name, index) => [name, index]));
    places.set(holder, known);
    return known.get(key) ?? last;
  };
  const rankOf = (path: Path): number[] =>
    path.map((part, depth) =>
      typeof part === 'number' ? part : placeOf(at(tree, path.slice(0, depth)), part),
    );
  const ranked = problems.map((problem) => ({ problem, rank: rankOf(problem.path) }));
  return ranked.sort((a, b) => compare(a.rank, b.rank)).map(({ problem }) => problem);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [depth, rank] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (rank !== other) return rank - other;
  }
  return a.length - b.length;
}
