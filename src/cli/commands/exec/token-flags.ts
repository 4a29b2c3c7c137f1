import { UsageError } from '../../../errors.js';
import type { JsonValue } from '../../../model.js';
import { parseDuration } from '../../../schema/duration.js';
import { quoted } from '../../../schema/path.js';

/** Tokens that a command is given. */
export interface TokenFlags {
  readonly wanted: readonly WantedToken[];
  /** Claims of all of them; `null` leaves a configured claim out. */
  readonly claims: Readonly<Record<string, JsonValue>>;
  /** Milliseconds; default: `token.ttl` of the configuration. */
  readonly ttlMs: number | undefined;
}

/** A token and the variable that it is put into. */
export interface WantedToken {
  readonly variable: string;
  /** A key of `token.types`; default: the first. */
  readonly type: string | undefined;
}

/** The bounds of `token.ttl` in the configuration, which no flag exceeds. */
const shortestMs = 1000;
const longestMs = 300_000;

/** Claims that make each token different and short-lived. */
const ownClaims: ReadonlySet<string> = new Set(['jti', 'iat', 'exp']);

/**
 * Reads `--token`, `--claim` and `--ttl`. A value that is wrong is not repeated, since it may be a secret in the wrong place.
 * @returns `null` without `--token`
 * @throws UsageError
 */
export function readTokenFlags(
  tokens: readonly string[],
  claims: readonly string[],
  ttl: string | undefined,
): TokenFlags | null {
  if (tokens.length === 0) {
    const unused = claims.length > 0 ? '--claim' : ttl === undefined ? null : '--ttl';
    if (unused !== null)
      throw new UsageError(`${unused} has no effect without --token: add --token, or leave it out`);
    return null;
  }
  const wanted = tokens.map(readToken);
  const twice = wanted.find(({ variable }, at) => wanted.findIndex((one) => one.variable === variable) < at);
  if (twice !== undefined) throw new UsageError(`--token names ${quoted(twice.variable)} twice`);
  return { wanted, claims: readClaims(claims), ttlMs: readTtl(ttl) };
}

function readToken(text: string): WantedToken {
  const [, variable, type] = /^([A-Za-z_][A-Za-z0-9_]*)(?:=(.+))?$/s.exec(text) ?? [];
  if (variable === undefined)
    throw new UsageError(
      '--token takes the name of a variable, and optionally a token type',
      'For example: --token E2E_TOKEN, or --token E2E_TOKEN=access',
    );
  if (isNeeded(variable))
    throw new UsageError(
      `--token ${variable} would replace a variable that decides how programs start`,
      'Use a name of your own, for example: --token E2E_TOKEN',
    );
  return { variable, type };
}

/** Variables that shells, loaders and Node read when they start: with a token in one of them, no command works. */
const isNeeded = (variable: string): boolean =>
  /^(?:PATH|HOME|SHELL|IFS|PWD|TMPDIR|BASH_ENV|ENV|NODE_OPTIONS|(?:LD|DYLD)_\w+)$/.test(variable);

function readClaims(given: readonly string[]): Record<string, JsonValue> {
  const claims = new Map<string, JsonValue>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1)
      throw new UsageError(
        '--claim takes NAME=VALUE',
        'For example: --claim role=admin, or --claim admin=true',
      );
    const name = text.slice(0, at);
    if (ownClaims.has(name))
      throw new UsageError(
        `--claim cannot set ${name}`,
        name === 'exp' ? 'Set the lifetime with --ttl.' : 'jwtcheck sets it for each token.',
      );
    if (claims.has(name)) throw new UsageError(`--claim names ${quoted(name)} twice`);
    claims.set(name, claimValue(name, text.slice(at + 1)));
  }
  return Object.fromEntries(claims);
}

/** JSON where it is JSON, otherwise the text itself. */
function claimValue(name: string, text: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new UsageError(
      `--claim: the number of ${quoted(name)} is too large for JSON`,
      `Give it as text, in double quotes: --claim '${name}="…"'`,
    );
  return value;
}

function readTtl(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === null || ms < shortestMs || ms > longestMs)
    throw new UsageError('--ttl takes a duration from 1s to 5m, as `token.ttl` of the configuration does');
  return ms;
}
