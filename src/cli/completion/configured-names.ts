import { resolve } from 'node:path';
import { findConfig, isReadOnce } from '../../config/discover.js';
import { defaultReach } from '../../model.js';
import { at, entriesOf } from '../../schema/path.js';
import type { Context } from './completion-candidate.js';

/** Names in the nearest configuration. */
export interface Names {
  readonly environments: readonly string[];
  readonly participants: readonly string[];
  /** Labels of networks. */
  readonly labels: readonly string[];
  /** Participants that read environment variables, but for the reference. */
  readonly envParticipants: readonly string[];
}

/**
 * Names with invisible characters or line breaks are not completed: they would be inserted unseen, or split into two
 * lines.
 */
const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** Maximum number of names. */
const most = 1000;

/** Reads the names of environments and participants, without reporting errors. Variables need not be set. */
export async function namesOf({ io, config, environment }: Context): Promise<Names> {
  const named = config ?? io.env.JWTCHECK_CONFIG;
  // Completion must not block on a pipe, nor consume it before the command reads it.
  if (named && (await isReadOnce(resolve(io.cwd, named))))
    return { environments: [], participants: [], labels: [], envParticipants: [] };
  const { tree } = await findConfig({ path: config, cwd: io.cwd, env: io.env });
  const environments = entriesOf(at(tree, ['environments']));
  const chosen = environments.filter(([name]) => environment === undefined || name === environment);
  const participants = chosen.flatMap(([, body]) => entriesOf(at(body, ['participants'])));
  const readers = chosen.flatMap(([, body]) =>
    entriesOf(at(body, ['participants'])).filter(
      ([name, one]) => at(one, ['source', 'kind']) === 'env' && name !== at(body, ['reference']),
    ),
  );
  const labels = participants.flatMap(([, one]): [string, null][] => {
    const label = at(one, ['reach']);
    return [[typeof label === 'string' ? label : defaultReach, null]];
  });
  const showable = (entries: readonly (readonly [string, unknown])[]): string[] =>
    [...new Set(entries.map(([name]) => name))]
      .filter((name) => name !== '' && !unfit.test(name))
      .slice(0, most);
  return {
    environments: showable(environments),
    participants: showable(participants),
    labels: showable(labels),
    envParticipants: showable(readers),
  };
}
