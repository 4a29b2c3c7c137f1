import { fingerprint } from './service.js';

/** Variables for a configuration, each with a unique value that must stay hidden. */
export interface Placed {
  /** Variables and their values, those that were placed. */
  readonly variables: Record<string, string>;
  /** A reference to a variable, to be placed in a configuration. */
  v(name: string, make?: (name: string) => string): string;
}

/** A value with characters that URLs, JSON and base64 encode. */
export const wild = (name: string): string => `${name.toLowerCase()}-S3cr3t+/="<ä>&${fingerprint(name)}`;

/** A value for headers and URLs, which take no other characters. */
const simple = (name: string): string => `${name.toLowerCase()}-S3cr3t.${fingerprint(name)}`;

export function placedSecrets(first: Readonly<Record<string, string>>): Placed {
  const variables = { ...first };
  return {
    variables,
    v(name, make = simple) {
      variables[name] = make(name);
      return `\${${name}}`;
    },
  };
}

/** A participant with a variable in every text member, all below one address. */
export function everywhere({ v }: Placed, origin: string, prefix: string, path = '/fail') {
  const url = (name: string) =>
    `${origin}${path}/${v(`${prefix}_${name}_PATH`)}?key=${v(`${prefix}_${name}_QUERY`)}&${v(`${prefix}_${name}_BARE`)}#${v(`${prefix}_${name}_HASH`)}`;
  const headers = (name: string) => ({
    authorization: `Bearer ${v(`${prefix}_${name}_BEARER`)}`,
    cookie: `session=${v(`${prefix}_${name}_COOKIE`)}`,
    'x-any': v(`${prefix}_${name}_HEADER`),
  });
  return {
    source: {
      kind: 'http',
      url: url('SOURCE'),
      headers: headers('SOURCE'),
      pointer: `/${v(`${prefix}_POINTER`)}`,
      samples: 2,
    },
    probes: [
      { kind: 'http', name: 'bearer', url: url('BEARER'), headers: { 'x-key': v(`${prefix}_KEY`) } },
      {
        kind: 'http',
        name: 'body',
        method: 'POST',
        url: url('BODY'),
        headers: headers('BODY'),
        body: { token: '{{token}}', encoded: '{{token.base64url}}', password: v(`${prefix}_BODY`, wild) },
        accepted: { json: { '/valid': v(`${prefix}_ACCEPTED`, wild) } },
        misconfigured: { includes: v(`${prefix}_MISCONFIGURED`, wild) },
      },
      { kind: 'http', name: 'query', url: `${origin}${path}?token={{token}}&k=${v(`${prefix}_Q`)}` },
    ],
    mint: {
      url: `${origin}/mint/${v(`${prefix}_MINT_PATH`)}`,
      headers: headers('MINT'),
      body: { password: v(`${prefix}_MINT`, wild) },
    },
    impact: { mrr: 10, note: 'sign-in' },
  };
}
