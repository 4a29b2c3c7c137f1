import type { JsonValue } from '../model.js';
import { notifiers } from '../monitor/notifiers/index.js';
import { emulatorVariable, endpointOf } from '../observe/sources/google-endpoint.js';
import { hostPatternHelp, isAllowed, parseHostPattern } from './allowed-hosts.js';
import type { Checked } from './check-names.js';
import { at, entriesOf, isList, type Path, type Problem, quoted } from './path.js';
import { withPlaceholder } from './token-template.js';
import { allowHostsVariable } from './trust-variables.js';
import { parseUrl } from './url.js';

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
export function checkHosts(checked: Checked, env: Env, contacted: Contacted): Problem[] {
  const { limits, problems } = limitsOf(checked, env);
  if (limits.length === 0) return problems;
  const outside = contactsOf(checked, env, contacted).flatMap(({ path, url }): Problem[] => {
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

function contactsOf(checked: Checked, env: Env, { environments, watching }: Contacted): Contact[] {
  const { tree, isUnresolved } = checked;
  const contacts = entriesOf(at(tree, ['environments'])).flatMap(([environment, body]) => {
    const isUsed = environments === 'all' || environments.includes(environment);
    const reference = at(body, ['reference']);
    return entriesOf(at(body, ['participants']))
      .filter(([name]) => isUsed || name === reference)
      .flatMap(([name, participant]) => {
        const path = ['environments', environment, 'participants', name];
        const source = sourceContacts([...path, 'source'], at(participant, ['source']), env);
        return isUsed ? [...source, ...tokenContacts(path, participant)] : source;
      });
  });
  return [...contacts, ...(watching ? watchContacts(at(tree, ['watch'])) : [])].filter(
    ({ path }) => !isUnresolved(path),
  );
}

function sourceContacts(path: Path, source: JsonValue | undefined, env: Env): Contact[] {
  if (at(source, ['kind']) !== 'google-secret-manager') return urlOf(path, source);
  const text = (key: string): string | undefined => {
    const value = at(source, [key]);
    return typeof value === 'string' ? value : undefined;
  };
  const [endpoint, location] = [text('endpoint'), text('location')];
  const parsed = endpointOf({ endpoint, location }, env);
  if (!parsed.ok) return [];
  const { plain, host, port } = parsed.value;
  const isConfigured = endpoint !== undefined && (env[emulatorVariable] ?? '') === '';
  const url =
    isConfigured && /:\/\//.test(endpoint) ? endpoint : `${plain ? 'http' : 'https'}://${host}:${port}`;
  return [{ path: isConfigured ? [...path, 'endpoint'] : path, url }];
}

function tokenContacts(path: Path, participant: JsonValue): Contact[] {
  const probes = at(participant, ['probes']);
  return [
    ...urlOf([...path, 'mint'], at(participant, ['mint'])),
    ...(isList(probes) ? probes.flatMap((probe, index) => urlOf([...path, 'probes', index], probe)) : []),
  ];
}

function watchContacts(watch: JsonValue | undefined): Contact[] {
  const notify = at(watch, ['notify']);
  return [
    ...(isList(notify)
      ? notify.flatMap((notifier, index) => {
          const path = ['watch', 'notify', index];
          if (at(notifier, ['url']) !== undefined || at(notifier, ['kind']) !== 'pagerduty')
            return urlOf(path, notifier);
          return [{ path, url: notifiers.pagerduty.schema.shape.url.parse(undefined) }];
        })
      : []),
    ...urlOf(['watch', 'heartbeat'], at(watch, ['heartbeat'])),
  ];
}

function urlOf(path: Path, holder: JsonValue | undefined): Contact[] {
  const url = at(holder, ['url']);
  return typeof url === 'string' ? [{ path: [...path, 'url'], url }] : [];
}

/** Of a URL as it may be shown, the host and the port; a variable in its place as it is written. */
function hostOf(shown: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(shown)?.[1] ?? shown;
}
