import { resolve } from 'node:path';
import { findConfig, isReadOnce } from '../../config/discover.js';
import { askedActions } from '../../fix/action.js';
import { controls, defaultReach, severities } from '../../model.js';
import { formatNames, observationsFormat } from '../../report/format-names.js';
import { at, entriesOf } from '../../schema/path.js';
import type { Io } from '../../system/io.js';
import { rotateActions } from '../commands/rotate/actions.js';

type Values = (typed: string, context: Context) => Promise<Completion>;

const words = (candidates: readonly Candidate[]): Completion => ({ is: 'words', candidates });
const plain = (values: readonly string[]): Completion =>
  words(values.map((value) => ({ value, description: '' })));
const fixed =
  (...values: readonly string[]): Values =>
  async () =>
    plain(values);
const files: Values = async () => ({ is: 'files', prefix: '' });
const named =
  (choose: (names: Names) => readonly string[]): Values =>
  async (_, context) =>
    plain(choose(await namesOf(context)));

/** The name of a format, or a file after a colon. */
const format: Values = async (typed) => {
  const colon = typed.indexOf(':');
  if (colon !== -1) return { is: 'files', prefix: typed.slice(0, colon + 1) };
  return plain([...formatNames, observationsFormat]);
};

/** The same of a report. */
const reportFormat: Values = async (typed, context) =>
  typed.includes(':') ? format(typed, context) : plain(formatNames);

/** Formats of `watch`. */
const eventFormat: Values = async () => {
  const { eventFormats } = await import('./listed-values.js');
  return plain(Object.keys(eventFormats));
};

/** `all`, `none`, or a list of different names. `retired` is one of them, whichever version it names. */
const list: Values = async (typed) => {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const taken = before.split(',').map((name) => name.replace(/:.*/, ''));
  const rest = controls.filter((name) => !taken.includes(name)).map((name) => `${before}${name}`);
  return plain(before === '' ? ['all', 'none', ...rest] : rest);
};

const scenario: Values = async () => {
  const { scenarioNames, scenarios } = await import('./listed-values.js');
  return words(scenarioNames.map((value) => ({ value, description: scenarios[value].title })));
};

const code: Values = async () => {
  const { rules } = await import('./listed-values.js');
  return words(rules.map((rule) => ({ value: rule.code, description: rule.title })));
};

const action: Values = async () =>
  words(rotateActions.map(({ name, description }) => ({ value: name, description })));

const severity = fixed(...severities.filter((name) => name !== 'info'), 'never');

/** Completions of a flag or an argument, by the placeholder in its brackets: `--only <participant>`. */
export const values: Readonly<Record<string, Values>> = {
  label: named(({ labels }) => labels),
  participant: named(({ participants }) => participants),
  'env-participant': named(({ envParticipants }) => envParticipants),
  environment: named(({ environments }) => environments),
  path: files,
  'path:key': files,
  'format[:path]': format,
  'report[:path]': reportFormat,
  part: files,
  format: eventFormat,
  form: fixed('pretty', 'json'),
  list,
  scenario,
  code,
  severity,
  action,
  kind: fixed(...askedActions),
  mode: fixed('auto', 'always', 'never'),
  shell: fixed('bash', 'zsh', 'fish'),
};

/** Placeholders without completions. */
export const free: ReadonlySet<string> = new Set([
  'fingerprint',
  'hash',
  'duration',
  'address',
  'when',
  'n',
  'digits',
  'name',
  'names',
  'command',
  'project',
  'name[:version]',
  'name=url',
  'name=value',
  'variable[=type]',
  'index/count',
]);

/** A possible word at the cursor, with a description. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** The completion: words, file names after a prefix, or another command with its own completion. */
export type Completion =
  | { readonly is: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly is: 'files'; readonly prefix: string }
  | { readonly is: 'command' };

/** The configuration and the environment of the preceding words. */
interface Context {
  readonly io: Io;
  readonly config: string | undefined;
  readonly environment: string | undefined;
}

/** Names in the nearest configuration. */
interface Names {
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
async function namesOf({ io, config, environment }: Context): Promise<Names> {
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
