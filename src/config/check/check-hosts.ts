import { at, isList, type Path, type Problem, quoted } from '../../schema/path.js';
import { asParsed } from '../../schema/url.js';
import { hidden } from '../../secret/secret.js';
import { hostPatternHelp, isAllowed, parseHostPattern } from '../allowed-hosts.js';
import { allowHostsVariable } from '../trust-variables.js';
import { possibleUrls, type Unit, urlsIn } from '../units.js';
import type { Checked } from './check-names.js';

type Env = Readonly<Record<string, string | undefined>>;

/** A contacted URL, and its place in the configuration. */
interface Contact {
  readonly path: Path;
  readonly url: string;
}

/** The part of a configuration that a run contacts. */
export interface Contacted {
  /** Environments whose participants are asked. Of the others, only the references are. */
  readonly environments: readonly string[] | 'all';
  /** Whether notifiers and the heartbeat are contacted as well. */
  readonly watching: boolean;
  /** Makes a configured text safe to print. */
  label(text: string): string;
}

/** Allowed hosts, and the name of the option that sets them. */
interface Limit {
  readonly entries: readonly string[];
  readonly name: string;
}

/**
 * Reports every URL whose host is not allowed, by `allowedHosts` or by `--allow-hosts`. Both apply, so that a
 * configuration cannot allow what the caller does not.
 */
export function checkHosts(
  units: readonly Unit[],
  checked: Checked,
  env: Env,
  contacted: Contacted,
): Problem[] {
  const { limits, problems } = limitsOf(checked, env);
  if (limits.length === 0) return problems;
  const outside = contactsOf(units, checked, env, contacted).flatMap(({ path, url }): Problem[] => {
    const urls = possibleUrls(url);
    const limit = limits.find(({ entries }) => urls.some((one) => !isAllowed(one, entries)));
    if (limit === undefined) return [];
    return [{ path, message: `${hostOf(contacted.label(url))} is not allowed by ${limit.name}` }];
  });
  return [...problems, ...outside];
}

function limitsOf({ tree }: Checked, env: Env): { limits: Limit[]; problems: Problem[] } {
  const limits: Limit[] = [];
  const problems: Problem[] = [];
  const written = at(tree, ['allowedHosts']);
  if (isList(written))
    limits.push({
      entries: written.filter((entry) => typeof entry === 'string'),
      name: '`allowedHosts`',
    });
  const given = env[allowHostsVariable];
  if (given !== undefined) {
    const entries = given.split(/[\s,]+/).filter((entry) => entry !== '');
    const isEmpty = entries.length === 0;
    limits.push({
      entries,
      name: `--allow-hosts (${allowHostsVariable}${isEmpty ? ' is empty: no host is allowed' : ''})`,
    });
    if (entries.some((entry) => parseHostPattern(entry) === null))
      problems.push({
        path: [],
        message: `--allow-hosts (${allowHostsVariable}) takes a list of hosts; each is ${hostPatternHelp}`,
      });
  }
  return { limits, problems };
}

function contactsOf(
  units: readonly Unit[],
  checked: Checked,
  env: Env,
  { environments, watching }: Contacted,
): Contact[] {
  return units
    .filter(({ environment, isReference }) =>
      environment === null
        ? watching
        : environments === 'all' || environments.includes(environment) || isReference,
    )
    .flatMap((unit): Contact[] => [
      ...urlsIn(unit).map(({ path, text }) => ({ path: [...unit.path, ...path], url: text })),
      ...(unit.declared.contacts?.(unit.settings, env) ?? []).map(({ key, url }) => ({
        path: key === null ? unit.path : [...unit.path, key],
        url,
      })),
    ])
    .filter(({ path }) => !checked.isUnresolved(path));
}

/** Host and port of a printable URL. A variable in its place stays unexpanded; of a secret URL nothing is shown. */
function hostOf(shown: string): string {
  const host = /^[a-z][a-z0-9+.-]*:[/\\]*([^/\\?#]*)/i.exec(asParsed(shown))?.[1] ?? shown;
  return host.includes(hidden) ? 'its host' : quoted(host);
}
