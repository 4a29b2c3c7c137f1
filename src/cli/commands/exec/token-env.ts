import type { Failure } from '../../../check/read-reference.js';
import { UsageError } from '../../../errors.js';
import { mintToken } from '../../../observe/tokens/mint.js';
import { durationText } from '../../../schema/duration.js';
import { quoted } from '../../../schema/path.js';
import { listed } from '../../../schema/suggest.js';
import type { Secret } from '../../../secret/secret.js';
import { variableValue } from '../../../secret/variable.js';
import type { Io } from '../../../system/io.js';
import { type Given, withTokens } from './child-env.js';
import { envSourceOf } from './env-participants.js';
import type { Target } from './target.js';
import type { TokenFlags } from './token-flags.js';

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
