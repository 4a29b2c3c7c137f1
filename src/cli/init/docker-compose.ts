import type { JsonValue } from '../../model.js';
import { at, entriesOf, isList, isObject } from '../../schema/path.js';
import type { Hint } from './hint.js';
import { isInfrastructure, isServiceName, looksLikeJwtSecret } from './plain-names.js';

/** Extracts services, published ports and names of variables from a Compose file (https://compose-spec.io). */
export function composeHints(document: JsonValue, from: string): Hint[] {
  return entriesOf(at(document, ['services'])).flatMap(([name, service]): Hint[] => {
    const image = at(service, ['image']);
    const others = isInfrastructure(name) || (typeof image === 'string' && isInfrastructure(image));
    if (!isServiceName(name) || others) return [];
    const variables = variablesOf(at(service, ['environment'])).filter(looksLikeJwtSecret);
    const port = portOf(at(service, ['ports']));
    const url = port === null ? null : `http://127.0.0.1:${port}`;
    return [
      { is: 'service', name, url, holds: variables.length > 0, from },
      ...variables.map((variable) => ({ is: 'variable', name: variable, from }) as const),
    ];
  });
}

/** The names of a mapping or of a list of `NAME=value`. */
function variablesOf(environment: JsonValue | undefined): string[] {
  if (isObject(environment)) return Object.keys(environment);
  if (!isList(environment)) return [];
  return environment.flatMap((line) => (typeof line === 'string' ? (line.split('=', 1)[0] ?? '') : []));
}

function portOf(ports: JsonValue | undefined): number | null {
  if (!isList(ports)) return null;
  for (const port of ports) {
    const found = publishedPort(port);
    if (found !== null) return found;
  }
  return null;
}

/** The host port: `8080:80`, `127.0.0.1:8080:80/tcp`, the default of `${PORT:-8080}:80`, or the long form. */
function publishedPort(port: JsonValue): number | null {
  const long = at(port, ['published']);
  if (long !== undefined) return at(port, ['protocol']) === 'udp' ? null : portNumber(text(long));
  if (typeof port !== 'string' || port.endsWith('/udp')) return null;
  const plain = port.replace(/\$\{\w+:?-(\d+)\}/g, '$1').replace(/\/tcp$/, '');
  const [, published] =
    /^(?:(?:\d+\.){3}\d+:|\[[0-9a-f:]*\]:)?(\d+)(?:-\d+)?:\d+(?:-\d+)?$/.exec(plain) ?? [];
  return published === undefined ? null : portNumber(published);
}

/** `8080` or `"8080"`. What is no scalar is no port: the file may hold any YAML. */
const text = (value: JsonValue): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : '';

function portNumber(text: string): number | null {
  const [, first = ''] = /^(\d{1,5})(?:-\d+)?$/.exec(text.replace(/^\$\{\w+:?-(\d+)\}$/, '$1')) ?? [];
  const port = Number(first);
  return port >= 1 && port <= 65_535 ? port : null;
}
