import type { JsonValue } from '../../model.js';
import { isList, isObject, type Path, type Problem, pathKey, quoted } from '../../schema/path.js';
import { piecesOf } from '../../schema/variables.js';
import { Secret } from '../../secret/secret.js';
import { variableIn } from '../../system/environment.js';

/** A configuration with expanded variables. */
export interface Interpolated {
  readonly value: JsonValue;
  /** Original texts by their expanded form. */
  readonly templates: ReadonlyMap<string, string>;
  /** All inserted values, from the environment or from defaults. */
  readonly secrets: readonly Secret[];
  readonly problems: readonly Problem[];
  /** Whether the text at this path contains an inserted value. */
  isExpanded(path: Path): boolean;
  /** Whether the text at this path was left unchanged because a variable is not set. */
  isUnresolved(path: Path): boolean;
}

/** Whether a participant of an environment is excluded. */
export type LeftOut = (environment: string, participant: string) => boolean;

const includesAll: LeftOut = () => false;

/**
 * Expands variables in all texts at any depth. Keys are not expanded, and inserted values are not expanded again.
 * `${NAME}` must be set (an empty value counts); `${NAME:-default}` uses the default if it is unset or empty.
 *
 * A variable that is not set is a problem only if it is used: under `environments.X` only if `environments` contains
 * X and the participant is included, under `watch` only if `watching`. Elsewhere the text is left unchanged, so that
 * checking staging requires neither the variables of production nor those of the notifiers.
 */
export function interpolate(
  tree: JsonValue,
  env: Readonly<Record<string, string | undefined>>,
  environments: readonly string[] | 'all',
  watching = true,
  leftOut: LeftOut = includesAll,
): Interpolated {
  const templates = new Map<string, string>();
  const secrets = new Map<string, Secret>();
  const problems: Problem[] = [];
  const expanded = new Set<string>();
  const unresolved = new Set<string>();

  const isUsed = (path: Path): boolean => {
    if (path[0] === 'watch') return watching;
    if (path[0] !== 'environments' || environments === 'all') return true;
    if (typeof path[1] !== 'string' || !environments.includes(path[1])) return false;
    return path[2] !== 'participants' || typeof path[3] !== 'string' || !leftOut(path[1], path[3]);
  };

  function text(template: string, path: Path): string {
    let result = '';
    const put: string[] = [];
    const wrong = new Set<string>();
    for (const piece of piecesOf(template)) {
      if (piece.is === 'literal') result += piece.text;
      else if (piece.is === 'malformed') wrong.add(malformed);
      else {
        const value = lookUp(env, piece.name, piece.fallback);
        if (value === null) wrong.add(unset(piece.name));
        else {
          result += value;
          put.push(value);
        }
      }
    }
    if (wrong.size > 0) {
      unresolved.add(pathKey(path));
      if (isUsed(path)) for (const message of wrong) problems.push({ path, message });
      return template;
    }
    if (put.length > 0) {
      expanded.add(pathKey(path));
      if (!templates.has(result)) templates.set(result, template);
      for (const value of put) if (value !== '') secrets.set(value, new Secret(value));
    }
    return result;
  }

  /** The current path, mutable: in a large configuration, a copy for every value would dominate the time. */
  const here: (string | number)[] = [];

  function step(part: string | number, child: JsonValue): JsonValue {
    here.push(part);
    const value = walk(child);
    here.pop();
    return value;
  }

  function walk(value: JsonValue): JsonValue {
    if (typeof value === 'string') return value.includes('${') ? text(value, [...here]) : value;
    if (isList(value)) return value.map((item, index) => step(index, item));
    if (!isObject(value)) return value;
    const result: Record<string, JsonValue> = {};
    for (const key of Object.keys(value)) result[key] = step(key, value[key] ?? null);
    return result;
  }

  const value = walk(tree);
  return {
    value,
    templates,
    secrets: [...secrets.values()],
    problems,
    isExpanded: (path) => expanded.size > 0 && expanded.has(pathKey(path)),
    isUnresolved: (path) => unresolved.size > 0 && unresolved.has(pathKey(path)),
  };
}

const malformed = `expected \${NAME} or \${NAME:-default}, without a nested variable; for a literal \${ write $\${`;

const unset = (name: string): string =>
  `the environment variable ${quoted(name)} is not set; set it, or add a default: \${${name}:-…}`;

function lookUp(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: string | null,
): string | null {
  const value = variableIn(env, name);
  return fallback === null ? (value ?? null) : value || fallback;
}
