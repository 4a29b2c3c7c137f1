import { UsageError } from '../errors.js';
import { quoted } from '../schema/path.js';
import { didYouMean, listed } from '../schema/suggest.js';

/** The environment to check, or why it is unclear. */
export type Selected =
  | { readonly is: 'selected'; readonly name: string }
  | { readonly is: 'failed'; readonly error: UsageError };

/**
 * Selects the flag, then `JWTCHECK_ENVIRONMENT`, then `defaultEnvironment`, then the only environment. An unknown
 * `defaultEnvironment` is reported with the other problems of the file.
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
    return named(variable, 'JWTCHECK_ENVIRONMENT is not an environment of the configuration', names);
  if (defaultEnvironment !== undefined && names.includes(defaultEnvironment))
    return { is: 'selected', name: defaultEnvironment };
  const [only] = names;
  if (names.length === 1 && only !== undefined) return { is: 'selected', name: only };
  return {
    is: 'failed',
    error: new UsageError(
      `the configuration has several environments; select ${listed(names)}`,
      'Name one with --environment or JWTCHECK_ENVIRONMENT, or set `defaultEnvironment` in the configuration.',
    ),
  };
}

function named(name: string, complaint: string, names: readonly string[]): Selected {
  if (names.includes(name)) return { is: 'selected', name };
  return {
    is: 'failed',
    error: new UsageError(`${complaint}${didYouMean(name, names)}`, `Known: ${listed(names)}.`),
  };
}
