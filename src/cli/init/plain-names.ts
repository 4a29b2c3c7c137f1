/** Names of environment variables (POSIX), with a maximum length. */
const variable = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export const isVariable = (name: string): boolean => variable.test(name);

/** Suffixes of variables that accompany a JWT secret. */
const beside =
  /(^|_)(EXP|EXPIR\w*|TTL|LIFETIME|DURATION|AGE|ISS|ISSUER|AUD|AUDIENCE|ALG|ALGO|ALGORITHM|PUBLIC|URL|URI|JWKS|COOKIE|HEADER|PREFIX|LEEWAY|ID|NAME|FILE|PATH|VERSION|LENGTH)(_|$)/;
const held =
  /(^|_)JWT(_|$)|(^|_)(AUTH|TOKEN|SIGNING|SESSION|HMAC|ACCESS_TOKEN|REFRESH_TOKEN)_(SECRET|KEY|SECRET_KEY|SIGNING_KEY)(_|$)|^SECRET_KEY$/;

/** Whether the name of a variable suggests that it holds a JWT secret. */
export function looksLikeJwtSecret(name: string): boolean {
  const upper = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
  return isVariable(name) && held.test(upper) && !beside.test(upper);
}

/** Names of services in Compose files and manifests: letters, digits, dots, hyphens and underscores. */
export const isServiceName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);

/** A host name with a dot, without wildcards (RFC 1123). */
export const isHost = (name: string): boolean =>
  name.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(name);

/**
 * The id of a project: 6 to 30 lower case letters, digits and hyphens, optionally after the domain of an
 * organisation.
 */
export const isProject = (name: string): boolean =>
  /^(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(name);

export const isSecretId = (name: string): boolean => /^[A-Za-z0-9_-]{1,255}$/.test(name);

export const isSecretVersion = (version: string): boolean => /^(latest|[1-9]\d{0,9})$/.test(version);

/** Third-party programs without a JWT secret, by the name of an image or a service. */
export const isInfrastructure = (name: string): boolean =>
  /(^|[/_.-])(postgres\w*|pg|mysql|mariadb|mongo\w*|redis|valkey|memcached|rabbitmq|kafka|zookeeper|nats|elasticsearch|opensearch|kibana|grafana|prometheus|jaeger|otel\S*|minio|localstack|mailhog|mailpit|adminer|pgadmin\d*|nginx|traefik|caddy|envoy|haproxy|clickhouse\S*|cockroach\S*|vault|consul|etcd|cadvisor|loki|tempo)($|[:/_.@-])/i.test(
    name,
  );
