import type { HttpResponse } from '../../network/network.js';

/**
 * Header fields that do not identify the program: those that vary between answers, and those that one program sends
 * with some answers only (caching, limits, challenges, the policies of Express's own error page).
 */
const ofOneAnswer =
  /^(?:date|connection|keep-alive|content-.*|transfer-encoding|www-authenticate|proxy-authenticate|set-cookie|location|allow|link|retry-after|(?:x-)?rate-?limit.*|cache-control|pragma|expires|age|etag|last-modified|vary|accept-ranges|warning|trailer|upgrade|x-content-type-options|sec-websocket-.*|(?:x-)?.*(?:error|failure|reason).*|grpc-.*)$/;

/** Programs that answer themselves, by their default pages. */
const ownPages: readonly (readonly [layer: string, page: RegExp])[] = [
  ['nginx', /<center>(?:nginx|openresty)/i],
  ['Apache', /<address>Apache/i],
  ['HAProxy', /^<html><body><h1>\d{3} [^<]*<\/h1>/i],
  ['Cloudflare', /cf-error-details|cloudflare-static/i],
  ['Varnish', /Varnish cache server|Guru Meditation/i],
];

/**
 * Identifies the program that answered, by its own statements and by the names of its header fields, which are
 * characteristic of each framework and gateway. `null`: unknown.
 */
export function layerOf({ headers }: Pick<HttpResponse, 'headers'>, text: string): string | null {
  const start = text.slice(0, 4096).trimStart();
  const page = ownPages.find(([, pattern]) => pattern.test(start))?.[0];
  const named = ['server', 'x-powered-by', 'via'].flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [`${name}: ${withoutVersions(value)}`];
  });
  const fields = Object.keys(headers).filter(
    (name) => !ofOneAnswer.test(name) && !/^(?:server|x-powered-by|via)$/.test(name),
  );
  const facts = [
    ...(page === undefined ? [] : [`page of ${page}`]),
    ...named,
    ...fields.sort().slice(0, 32),
    ...(headers.date === undefined ? [] : ['date']),
  ];
  return facts.length === 0 ? null : facts.join('; ');
}

/** The name without the version: replicas may run different versions. */
const withoutVersions = (value: string): string =>
  /^[a-z][a-z._-]{0,40}/i.exec(value.trim())?.[0].toLowerCase() ?? 'other';
