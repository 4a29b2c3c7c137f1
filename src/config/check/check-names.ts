import type { JsonValue } from '../../model.js';
import { at, entriesOf, isList, isObject, type Path, type Problem } from '../../schema/path.js';
import { didYouMean, listed } from '../../schema/suggest.js';

/** The unvalidated tree, and known facts about its texts. */
export interface Checked {
  readonly tree: JsonValue;
  readonly isExpanded: (path: Path) => boolean;
  readonly isUnresolved: (path: Path) => boolean;
}

/**
 * Checks that span parts of a configuration: names that must exist, settings that require each other. Wrong types are
 * ignored here and reported by the schema, so that all problems are reported at once.
 */
export function checkNames(checked: Checked): Problem[] {
  const { tree } = checked;
  const problems: Problem[] = [];
  const environments = at(tree, ['environments']);
  const names = entriesOf(environments).map(([name]) => name);
  const types = tokenTypes(tree);

  if (isObject(environments) && names.length === 0)
    problems.push({ path: ['environments'], message: 'must have at least one environment' });
  if (types.length === 0)
    problems.push({ path: ['token', 'types'], message: 'must have at least one token type' });
  if (isObject(environments)) {
    problems.push(...mustExist(['defaultEnvironment'], names, 'environment', checked));
    const crossCheck = at(tree, ['crossCheck']);
    if (isList(crossCheck))
      for (const index of crossCheck.keys())
        problems.push(...mustExist(['crossCheck', index], names, 'environment', checked));
  }
  for (const name of names) problems.push(...checkEnvironment(['environments', name], types, checked));
  return problems;
}

function tokenTypes(tree: JsonValue): string[] {
  const types = at(tree, ['token', 'types']);
  return isObject(types) ? Object.keys(types) : ['access'];
}

function checkEnvironment(path: Path, types: readonly string[], checked: Checked): Problem[] {
  const problems: Problem[] = [];
  const participants = at(checked.tree, [...path, 'participants']);
  if (!isObject(participants)) return [];
  const names = Object.keys(participants);
  if (names.length === 0)
    problems.push({ path: [...path, 'participants'], message: 'must have at least one participant' });
  else problems.push(...checkReference([...path, 'reference'], participants, checked));
  for (const [name, participant] of Object.entries(participants)) {
    if (isObject(participant))
      problems.push(...checkParticipant([...path, 'participants', name], participant, types, checked));
  }
  return problems;
}

function checkReference(
  path: Path,
  participants: { readonly [name: string]: JsonValue },
  checked: Checked,
): Problem[] {
  const missing = mustExist(path, Object.keys(participants), 'participant', checked);
  const reference = at(checked.tree, path);
  if (missing.length > 0 || typeof reference !== 'string' || checked.isUnresolved(path)) return missing;
  const participant = at(participants, [reference]);
  if (!isObject(participant) || at(participant, ['source']) !== undefined) return [];
  return [
    { path, message: 'the reference must have a `source`: probes alone do not reveal its fingerprint' },
  ];
}

function checkParticipant(
  path: Path,
  participant: { readonly [key: string]: JsonValue },
  types: readonly string[],
  checked: Checked,
): Problem[] {
  const problems: Problem[] = [];
  if (checked.isExpanded([...path, 'reach']) || checked.isUnresolved([...path, 'reach']))
    problems.push({ path: [...path, 'reach'], message: 'must be written without a variable' });
  const probes = at(participant, ['probes']);
  const hasProbes = probes !== undefined && !(isList(probes) && probes.length === 0);
  if (['source', 'mint'].every((key) => at(participant, [key]) === undefined) && !hasProbes)
    problems.push({ path, message: 'needs a `source`, `probes` or `mint`' });
  problems.push(...checkToken([...path, 'source', 'value'], participant, checked));
  if (!isList(probes)) return problems;
  const seen = new Map<string, number>();
  for (const [index, probe] of probes.entries()) {
    const here = [...path, 'probes', index];
    const name = at(probe, ['name']);
    if (typeof name === 'string' && !checked.isUnresolved([...here, 'name'])) {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else
        problems.push({
          path: [...here, 'name'],
          message: `probes[${first}] has the same name; choose another one`,
        });
    }
    const wanted = at(probe, ['tokenTypes']);
    if (isList(wanted))
      for (const position of wanted.keys())
        problems.push(...mustExist([...here, 'tokenTypes', position], types, 'token type', checked));
  }
  return problems;
}

/** A token is a secret: it must come from a variable, not from the text of the configuration. */
function checkToken(
  path: Path,
  participant: { readonly [key: string]: JsonValue },
  { isExpanded, isUnresolved }: Checked,
): Problem[] {
  const value = at(participant, ['source', 'value']);
  if (at(participant, ['source', 'kind']) !== 'token' || typeof value !== 'string') return [];
  if (isExpanded(path) || isUnresolved(path)) return [];
  return [{ path, message: 'a token must not be written in the file: use a variable, $' + '{NAME}' }];
}

/** Checks that a name is known; other types are reported by the schema. The name itself is not repeated. */
function mustExist(path: Path, names: readonly string[], what: string, checked: Checked): Problem[] {
  const name = at(checked.tree, path);
  if (typeof name !== 'string' || checked.isUnresolved(path) || names.includes(name) || names.length === 0)
    return [];
  const guess = checked.isExpanded(path) ? '' : didYouMean(name, names);
  return [{ path, message: `unknown ${what}${guess === '' ? `; expected ${listed(names)}` : guess}` }];
}

/** Names that metrics and the state file use for other purposes. */
const taken: ReadonlySet<string> = new Set(['output', 'history']);

/** Checks that notifiers have unique names without variables. */
export function checkNotifiers(checked: Checked): Problem[] {
  const notify = at(checked.tree, ['watch', 'notify']);
  if (!isList(notify)) return [];
  const seen = new Map<string, number>();
  return notify.flatMap((_, index) => checkName(['watch', 'notify', index, 'name'], index, seen, checked));
}

function checkName(path: Path, index: number, seen: Map<string, number>, checked: Checked): Problem[] {
  const name = at(checked.tree, path);
  if (typeof name !== 'string') return [];
  if (checked.isExpanded(path) || checked.isUnresolved(path))
    return [{ path, message: 'must not contain a variable: it appears in metrics and in the history' }];
  if (taken.has(name)) return [{ path, message: 'is reserved; choose another name' }];
  const first = seen.get(name);
  if (first === undefined) {
    seen.set(name, index);
    return [];
  }
  return [{ path, message: `notify[${first}] has the same name; choose another one` }];
}

/** Checks that silences name existing participants. */
export function checkWatch({ tree, isExpanded, isUnresolved }: Checked): Problem[] {
  const silences = at(tree, ['watch', 'silence']);
  if (!isList(silences)) return [];
  const known = entriesOf(at(tree, ['environments'])).flatMap(([, environment]) =>
    entriesOf(at(environment, ['participants'])).map(([name]) => name),
  );
  return silences.flatMap((silence, index) => {
    const names = at(silence, ['participants']);
    if (!isList(names)) return [];
    return names.flatMap((name, position): Problem[] => {
      const path: Path = ['watch', 'silence', index, 'participants', position];
      if (typeof name !== 'string' || isExpanded(path) || isUnresolved(path) || known.includes(name))
        return [];
      return [{ path, message: `there is no participant of this name${didYouMean(name, known)}` }];
    });
  });
}

/**
 * Checks that the drain names existing token types: under a misspelt name, the lifetime of the intended type would be
 * unknown.
 */
export function checkRotation({ tree }: Pick<Checked, 'tree'>): Problem[] {
  const written = at(tree, ['token', 'types']);
  const types = isObject(written) ? Object.keys(written) : ['access'];
  return entriesOf(at(tree, ['rotation', 'drain'])).flatMap(([type]): Problem[] =>
    types.includes(type)
      ? []
      : [
          {
            path: ['rotation', 'drain', type],
            message: `\`token.types\` has no such token type${didYouMean(type, types)}`,
          },
        ],
  );
}
