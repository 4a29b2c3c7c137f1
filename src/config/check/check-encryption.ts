import { at, type Path, type Problem, pathKey } from '../../schema/path.js';
import { isLoopback } from '../../schema/url.js';
import { possibleUrls, type Unit, urlsIn } from '../units.js';
import type { Checked } from './check-names.js';

/**
 * Tokens, fingerprints and events require TLS or stay on this machine: a plain `http:` or `ws:` URL of another host
 * is a problem, unless its kind permits `allowInsecure`. Tokens never permit it, because anyone who intercepts a token
 * can use it.
 */
export function checkEncryption(
  units: readonly Unit[],
  checked: Checked,
  env: Readonly<Record<string, string | undefined>>,
  environments: readonly string[] | 'all',
): Problem[] {
  const problems = units.flatMap((unit) => [
    ...urlsIn(unit).flatMap(({ path, text }) => checkUrl(unit, [...unit.path, ...path], text, checked)),
    ...(isUsed(unit, environments) ? ownProblems(unit, env, checked) : []),
  ]);
  // A problem of an environment variable concerns all units alike: it is reported once.
  return [
    ...new Map(problems.map((one) => [JSON.stringify([pathKey(one.path), one.message]), one])).values(),
  ];
}

const isUsed = ({ environment }: Unit, environments: readonly string[] | 'all'): boolean =>
  environment === null || environments === 'all' || environments.includes(environment);

function ownProblems(
  { path, settings, declared }: Unit,
  env: Readonly<Record<string, string | undefined>>,
  { isUnresolved }: Checked,
): Problem[] {
  const problems = declared.problems?.(settings, env) ?? [];
  return problems.flatMap(({ where, message }): Problem[] => {
    if (where === 'environment') return [{ path: [], message }];
    const place = where === 'settings' ? path : [...path, where.key];
    return isUnresolved(place) ? [] : [{ path: place, message }];
  });
}

function checkUrl(
  { settings, carries, declared }: Unit,
  path: Path,
  text: string,
  checked: Checked,
): Problem[] {
  if (checked.isUnresolved(path)) return [];
  const url = possibleUrls(text).find(
    ({ protocol, hostname }) => /^(http|ws):$/.test(protocol) && !isLoopback(hostname),
  );
  if (url === undefined) return [];
  const mayBeInsecure = declared.mayBeInsecure === true;
  if (mayBeInsecure && at(settings, ['allowInsecure']) === true) return [];
  const secure = url.protocol === 'ws:' ? 'wss://' : 'https://';
  const remedy =
    carries === 'tokens'
      ? `tokens require TLS or a host on this machine: use ${secure}`
      : mayBeInsecure
        ? `use ${secure}, or set \`allowInsecure: true\``
        : `use ${secure}`;
  const message = `plain ${url.protocol.slice(0, -1)} to another machine can be intercepted; ${remedy}`;
  return [{ path, message }];
}
