import type { Loaded } from '../../../config/load.js';
import type { SourceSettings } from '../../../config/schema.js';
import { UsageError } from '../../../errors.js';
import type { JsonValue } from '../../../model.js';
import { at, entriesOf, quoted } from '../../../schema/path.js';
import { didYouMean, listed } from '../../../schema/suggest.js';

/** The settings of a participant that reads environment variables. */
export type EnvSource = Extract<SourceSettings, { kind: 'env' }>;

/** How a participant reads environment variables; `null` if it does not. */
export function envSourceOf({ settings, environment }: Loaded, name: string): EnvSource | null {
  const source = settings.environments[environment]?.participants[name]?.source;
  return source?.kind === 'env' ? source : null;
}

/** The participants of an environment, by how `exec` treats them. */
export interface EnvParticipants {
  /** All that read environment variables, the reference included. */
  readonly all: readonly string[];
  /** Those that can be given the secret. */
  readonly candidates: readonly string[];
}

/** Finds the participants that read environment variables in a configuration as it is written. */
export function envParticipantsOf(tree: JsonValue, environment: string): EnvParticipants {
  const written = at(tree, ['environments', environment]);
  const all = entriesOf(at(written, ['participants']))
    .filter(([, participant]) => at(participant, ['source', 'kind']) === 'env')
    .map(([name]) => name);
  return { all, candidates: all.filter((name) => name !== at(written, ['reference'])) };
}

/**
 * Selects the participant whose variable gets the secret.
 * @param name the name that the user gave
 * @param names all participants of the environment
 * @throws UsageError for an unknown participant, or if several match and none was named
 */
export function chooseParticipant(
  name: string | undefined,
  { all, candidates }: EnvParticipants,
  names: readonly string[],
): string {
  const candidatesHint =
    candidates.length === 0
      ? 'Add one to the configuration: `"source": { "kind": "env", "names": ["JWT_SECRET"] }`.'
      : `Participants that do: ${listed(candidates)}.`;
  if (name !== undefined) {
    if (candidates.includes(name)) return name;
    if (all.includes(name)) throw new UsageError(`${quoted(name)} is the reference itself`, candidatesHint);
    if (names.includes(name))
      throw new UsageError(`${quoted(name)} does not read environment variables`, candidatesHint);
    throw new UsageError(
      `unknown participant ${quoted(name)}${didYouMean(name, candidates)}`,
      candidatesHint,
    );
  }
  const [only, ...more] = candidates;
  if (only === undefined)
    throw new UsageError(
      all.length === 0
        ? 'no participant reads environment variables'
        : `only ${quoted(all[0] ?? '')}, which is the reference itself, reads environment variables`,
      candidatesHint,
    );
  if (more.length > 0)
    throw new UsageError(
      `several participants read environment variables: ${listed(candidates)}`,
      `Name one: jwtcheck exec ${only} -- COMMAND`,
    );
  return only;
}
