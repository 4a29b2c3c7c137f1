/** The answers from which a configuration is generated. */
export interface Answers {
  readonly environment: string;
  /** The secret in Secret Manager; it is the reference. */
  readonly secret: { readonly project: string; readonly secret: string; readonly version: string } | null;
  /** An entry of a dotenv file; without `secret` it is the reference. The path is relative to the configuration. */
  readonly entry: { readonly path: string; readonly key: string } | null;
  readonly services: readonly ServiceAnswer[];
  /** The variable with the bearer token of the fingerprint endpoints. */
  readonly tokenVariable: string | null;
  /** Variables from which tests read their secret. */
  readonly testVariables: readonly string[];
}

export interface ServiceAnswer {
  readonly name: string;
  /** URL of its fingerprint endpoint; `null` if it has only probes. */
  readonly url: string | null;
  readonly probes: readonly { readonly kind: 'http' | 'websocket'; readonly url: string }[];
}

/** Default path of a fingerprint endpoint, as in the documentation of the endpoint. */
export const endpointPath = '/internal/jwt-fingerprint';

/** Appends the path of the endpoint to a service URL without a path. */
export function endpointUrl(url: string): string {
  const parsed = new URL(url);
  return parsed.pathname === '/' && parsed.search === '' ? `${parsed.origin}${endpointPath}` : url;
}
