import { UsageError } from '../errors.js';
import { quoted } from '../schema/path.js';
import { didYouMean, listed } from '../schema/suggest.js';

/** Which environment to check, or why that cannot be told. */
export type Selected =
  | { readonly is: 'selected'; readonly name: string }
  | { readonly is: 'failed'; readonly error: UsageError };

/**
 * The flag, then `JWTCHECK_ENVIRONMENT`, then `defaultEnvironment`, then the only environment there is.
 * A `defaultEnvironment` that does not exist is a problem of the file, told with its other problems.
 */
export function selectEnvironment(options: {
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly defaultEnvironment: string | undefined;
  readonly names: readonly string[];
}): Selected {
  const { flag, defaultEnvironment, names } = options;
  const variable = options.env.JWTCHECK_ENVIRONMENT || undefined;
  if (flag !== undefined) return named(flag, `the configuration has no environment ${quoted(flag)}`, names);
  if (variable !== undefined)
    return named(variable, 'JWTCHECK_ENVIRONMENT names no environment of the configuration', names);
  if (defaultEnvironment !== undefined && names.includes(defaultEnvironment))
    return { is: 'selected', name: defaultEnvironment };
  const [only] = names;
  if (names.length === 1 && only !== undefined) return { is: 'selected', name: only };
  return {
    is: 'failed',
    error: new UsageError(
      `the configuration has several environments: ${listed(names)}; which one?`,
      'Name one with --environment or JWTCHECK_ENVIRONMENT, or set `defaultEnvironment` in the configuration.',
    ),
  };
}

function named(name: string, complaint: string, names: readonly string[]): Selected {
  if (names.includes(name)) return { is: 'selected', name };
  return {
    is: 'failed',
    error: new UsageError(`${complaint}${didYouMean(name, names)}`, `There is ${listed(names)}.`),
  };
}
