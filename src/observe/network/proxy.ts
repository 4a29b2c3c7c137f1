import { BlockList, isIP } from 'node:net';
import { isLoopback, parseUrl } from '../../schema/url.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The route to a host: direct, through a proxy, or none because the proxy's address is invalid. */
export type Route =
  | { readonly via: 'direct' }
  | {
      readonly via: 'proxy';
      /** The proxy without its credentials, so that no error can show them. */
      readonly uri: string;
      /** Value of Proxy-Authorization (RFC 9110 §11.7.2), or `null`. */
      readonly authorization: string | null;
    }
  | { readonly via: 'nowhere'; readonly variable: string; readonly problem: string };

const direct: Route = { via: 'direct' };

/** The variables that are read from the environment. */
const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'];

/** Reduces an environment to the variables that are read here. */
export function proxyVariables(env: Environment): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

/**
 * The route to a URL, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY in either case, with curl's rules. The lower case wins, a
 * proxy for http does not apply to https, and an empty variable is unset. Requests to this machine never use a proxy: a
 * token would leave it unencrypted.
 */
export function routeTo(url: URL, env: Environment): Route {
  if (isLoopback(url.hostname)) return direct;
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const variable = (secure ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']).find(
    (name) => (env[name] ?? '') !== '',
  );
  if (variable === undefined) return direct;
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  if (isExempt(url.hostname, port, env.no_proxy || env.NO_PROXY || '')) return direct;
  return proxyOf(variable, env[variable] ?? '');
}

/** The credentials in the variables: a proxy, or a service in its place, can put them into any answer. */
export function proxyCredentials(env: Environment): string[] {
  const found = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].flatMap((variable) => {
    const route = proxyOf(variable, env[variable] ?? '');
    if (route.via !== 'proxy' || route.authorization === null) return [];
    const pair = Buffer.from(route.authorization.slice('Basic '.length), 'base64').toString();
    const colon = pair.indexOf(':');
    return [pair, pair.slice(colon + 1) || pair.slice(0, colon)];
  });
  return [...new Set(found)];
}

function proxyOf(variable: string, value: string): Route {
  const trimmed = value.trim();
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const nowhere = (problem: string): Route => ({ via: 'nowhere', variable, problem });
  const url = parseUrl(text);
  if (url === null) return nowhere('is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return nowhere('names a proxy that is neither http:// nor https://');
  }
  if (url.username === '' && url.password === '')
    return { via: 'proxy', uri: url.origin, authorization: null };
  try {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    return { via: 'proxy', uri: url.origin, authorization };
  } catch {
    return nowhere('has credentials that are not percent-encoded');
  }
}

/** Whether NO_PROXY names a host: `*`, a name with all below it, an address, a network (CIDR), each with or without port. */
function isExempt(hostname: string, port: number, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || covers(entry.toLowerCase(), host, port));
}

function covers(entry: string, host: string, port: number): boolean {
  const network = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(entry);
  if (network?.[1] !== undefined) return isWithin(host, network[1], Number(network[2]));
  // A bare IPv6 address contains colons; with a port it is in brackets.
  const parts = isIP(entry) === 6 ? null : /^(.*?)(?::(\d+))?$/.exec(entry);
  if (parts?.[2] !== undefined && Number(parts[2]) !== port) return false;
  const name = (parts?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

function isWithin(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
