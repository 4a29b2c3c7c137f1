import { Secret } from '../../../secret/secret.js';

/** Variables of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of the command, and the names of inherited variables that it lacks. */
export interface ChildEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/** The environment of the command, and the beginning of a sentence about it that ends with the reference. */
export interface Given extends ChildEnv {
  readonly is: 'given';
  readonly says: string;
}

/**
 * The environment with the secret in the first of the names. The others are unset: what they contain could win, or show up as
 * another secret.
 */
export function withSecret(inherited: Env, [first, ...others]: readonly string[], value: string): ChildEnv {
  const { env, unset } = withoutNames(inherited, new Set(others));
  return first === undefined
    ? { env, unset }
    : { env: { ...env, [first]: value }, unset: unset.filter((name) => name !== first) };
}

/**
 * The environment with tokens and without the secret: neither in variables that participants read, nor in any other.
 * @param names variables that participants read
 */
export function withTokens(
  inherited: Env,
  names: ReadonlySet<string>,
  secret: Secret,
  tokens: Readonly<Record<string, string>>,
): ChildEnv {
  const holding = Object.entries(inherited).flatMap(([name, value]) =>
    value !== undefined && secret.equals(new Secret(value)) ? [name] : [],
  );
  const { env, unset } = withoutNames(inherited, new Set([...names, ...holding]));
  return { env: { ...env, ...tokens }, unset: unset.filter((name) => !Object.hasOwn(tokens, name)) };
}

function withoutNames(inherited: Env, names: ReadonlySet<string>): ChildEnv {
  const kept: [string, string][] = [];
  const unset: string[] = [];
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined) continue;
    if (names.has(name)) unset.push(name);
    else kept.push([name, value]);
  }
  return { env: Object.fromEntries(kept), unset };
}
