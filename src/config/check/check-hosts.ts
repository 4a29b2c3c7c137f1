import { at, isList, type Path, type Problem, quoted } from '../../schema/path.js';
import { withPlaceholder } from '../../schema/token-template.js';
import { parseUrl } from '../../schema/url.js';
import { hostPatternHelp, isAllowed, parseHostPattern } from '../allowed-hosts.js';
import { allowHostsVariable } from '../trust-variables.js';
import { type Unit, urlsIn } from '../units.js';
import type { Checked } from './check-names.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What is contacted, and where the configuration says so. */
interface Contact {
  readonly path: Path;
  readonly url: string;
}

/** What a run contacts. */
export interface Contacted {
  /** Environments whose participants are asked; of the others, only the references are. */
  readonly environments: readonly string[] | 'all';
  /** Whether notifiers and the heartbeat are contacted, too. */
  readonly watching: boolean;
  /** A configured text, fit to be shown. */
  label(text: string): string;
}

/** Hosts that may be contacted, and what limits them. */
interface Limit {
  readonly entries: readonly string[];
  readonly name: string;
}

/**
 * Every URL that would be contacted and whose host is not allowed: by `allowedHosts`, and by `--allow-hosts`, which
 * holds beside it, so that a configuration cannot allow what the caller does not.
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
    const parsed = parseUrl(withPlaceholder(url, 'token'));
    const limit = parsed === null ? undefined : limits.find(({ entries }) => !isAllowed(parsed, entries));
    if (limit === undefined) return [];
    return [
      { path, message: `${quoted(hostOf(contacted.label(url)))} is not among the hosts of ${limit.name}` },
    ];
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

/** Of a URL as it may be shown, the host and the port; a variable in its place as it is written. */
function hostOf(shown: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(shown)?.[1] ?? shown;
}
