import { askedActions } from '../../fix/action.js';
import { controls, severities } from '../../model.js';
import { formatNames, observationsFormat } from '../../report/format-names.js';
import { rotateActions } from '../commands/rotate/actions.js';
import type { Candidate, Completion, Context } from './completion-candidate.js';
import { type Names, namesOf } from './configured-names.js';

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
