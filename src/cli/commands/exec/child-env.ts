import { type Failure, type ReferenceReading, readSource } from '../../../check/read-reference.js';
import { UsageError } from '../../../errors.js';
import { mintToken } from '../../../observe/tokens/mint.js';
import { durationText } from '../../../schema/duration.js';
import { quoted } from '../../../schema/path.js';
import { listed } from '../../../schema/suggest.js';
import { Secret } from '../../../secret/secret.js';
import { variableValue } from '../../../secret/variable.js';
import type { Io } from '../../../system/io.js';
import { envSourceOf, type Target } from './target.js';
import type { TokenFlags } from './token-flags.js';

/** Variables of a process. */
type Env = Readonly<Record<string, string | undefined>>;

/** The environment of the command, and the names of inherited variables that it lacks. */
interface ChildEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/** The environment of the command, and the beginning of a sentence about it that ends with the reference. */
interface Given extends ChildEnv {
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

/** Puts the secret into the variable that the participant reads first, and reads it back as the participant would. */
export async function envWithSecret(
  { loaded, participant }: Target,
  { reference, reading: { secret } }: ReferenceReading,
  io: Io,
): Promise<Given | Failure> {
  const source = envSourceOf(loaded, participant ?? '');
  const [variable = ''] = source?.names ?? [];
  const fit = variableValue(secret);
  if (source === null || fit.is === 'unfit')
    return {
      is: 'failed',
      message: `the secret of ${reference} cannot be an environment variable: ${fit.is === 'unfit' ? fit.why : ''}`,
      hint: 'A program reads such a key from a file. jwtcheck does not change it, since that would make another key.',
    };
  const child = withSecret(io.inheritedEnv, source.names, fit.value);
  const read = await readSource(source, loaded, {}, { ...io, env: child.env });
  if (read.is !== 'secret' || !read.secret.equals(secret))
    return {
      is: 'failed',
      message: `${participant} would not read the secret of ${reference} from ${variable}`,
      hint: 'Compare the settings of its source with how its code reads the variable.',
    };
  return { is: 'given', ...child, says: `${variable} is set to` };
}

/**
 * Whether the tokens can be minted and have variables of their own.
 * @throws UsageError
 */
export function checkTokens({ wanted }: TokenFlags, target: Target): void {
  const types = Object.keys(target.loaded.settings.token.types);
  for (const { variable, type } of wanted) {
    if (type !== undefined && !types.includes(type))
      throw new UsageError(
        `--token ${variable}: there is no such token type`,
        `Types of \`token.types\` in the configuration: ${listed(types)}.`,
      );
    const reader = target.envParticipants.all.find((name) =>
      envSourceOf(target.loaded, name)?.names.includes(variable),
    );
    if (reader !== undefined)
      throw new UsageError(
        `--token ${variable}: ${quoted(reader)} reads its secret from this variable`,
        'A token is not a secret: choose another variable.',
      );
  }
}

/** Puts a token into each variable, and takes the secret out of all others. */
export async function envWithTokens(
  { wanted, claims, ttlMs }: TokenFlags,
  { loaded, envParticipants }: Target,
  key: Secret,
  io: Io,
): Promise<Given | Failure> {
  if (key.byteLength === 0)
    return {
      is: 'failed',
      message: 'the secret of the reference is empty: anyone could sign such a token',
      hint: 'Put the right secret into the reference.',
    };
  const settings = { ...loaded.settings.token, ttl: ttlMs ?? loaded.settings.token.ttl };
  const [first = 'access'] = Object.keys(settings.types);
  const tokens: Record<string, string> = {};
  for (const { variable, type = first } of wanted) {
    const token = variableValue(await mintToken({ key, settings, type, now: io.now(), claims }));
    if (token.is === 'value') tokens[variable] = token.value;
  }
  const names = envParticipants.all.flatMap((name) => envSourceOf(loaded, name)?.names ?? []);
  const child = withTokens(io.inheritedEnv, new Set(names), key, tokens);
  const of = wanted.map(({ variable, type = first }) => `${variable} (${type})`).join(', ');
  const count = wanted.length === 1 ? 'is a token' : 'are tokens';
  return { is: 'given', ...child, says: `${of} ${count} for ${durationText(settings.ttl)}, signed with` };
}
