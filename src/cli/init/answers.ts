/** What is to be checked: everything that a configuration is written from. */
export interface Answers {
  readonly environment: string;
  /** In Secret Manager; it is the reference. */
  readonly secret: { readonly project: string; readonly secret: string; readonly version: string } | null;
  /** An entry of a dotenv file; without `secret` it is the reference. The path is relative to the configuration. */
  readonly entry: { readonly path: string; readonly key: string } | null;
  readonly services: readonly ServiceAnswer[];
  /** The variable that holds the bearer token of the fingerprint endpoints. */
  readonly tokenVariable: string | null;
  /** Variables that tests take their secret from. */
  readonly testVariables: readonly string[];
}

export interface ServiceAnswer {
  readonly name: string;
  /** Of its fingerprint endpoint; `null` where its probes alone judge it. */
  readonly url: string | null;
  readonly probes: readonly { readonly kind: 'http' | 'websocket'; readonly url: string }[];
}

/** Where a service answers for its secret, unless it says otherwise: the path that the documentation of the endpoint proposes. */
export const endpointPath = '/internal/jwt-fingerprint';

/** A service's own URL with the path of its endpoint; one that has a path of its own is left alone. */
export function endpointUrl(url: string): string {
  const parsed = new URL(url);
  return parsed.pathname === '/' && parsed.search === '' ? `${parsed.origin}${endpointPath}` : url;
}
