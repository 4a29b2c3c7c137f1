/** Names of environment variables (POSIX), as long as names are. */
const variable = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export const isVariable = (name: string): boolean => variable.test(name);

/** What stands beside a JWT secret, and is none. */
const beside =
  /(^|_)(EXP|EXPIR\w*|TTL|LIFETIME|DURATION|AGE|ISS|ISSUER|AUD|AUDIENCE|ALG|ALGO|ALGORITHM|PUBLIC|URL|URI|JWKS|COOKIE|HEADER|PREFIX|LEEWAY|ID|NAME|FILE|PATH|VERSION|LENGTH)(_|$)/;
const held =
  /(^|_)JWT(_|$)|(^|_)(AUTH|TOKEN|SIGNING|SESSION|HMAC|ACCESS_TOKEN|REFRESH_TOKEN)_(SECRET|KEY|SECRET_KEY|SIGNING_KEY)(_|$)|^SECRET_KEY$/;

/** Whether a variable is, by its name, where a program takes its JWT secret from. */
export function looksLikeJwtSecret(name: string): boolean {
  const upper = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
  return isVariable(name) && held.test(upper) && !beside.test(upper);
}

/** Names of services in Compose files and manifests: letters, digits, dots, hyphens and low lines. */
export const isServiceName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name);

/** A host name with a dot in it, without wildcards (RFC 1123). */
export const isHost = (name: string): boolean =>
  name.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(name);

/** A project's id: 6 to 30 lower case letters, digits and hyphens; before it perhaps an organisation's domain. */
export const isProject = (name: string): boolean =>
  /^(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(name);

export const isSecretId = (name: string): boolean => /^[A-Za-z0-9_-]{1,255}$/.test(name);

export const isSecretVersion = (version: string): boolean => /^(latest|[1-9]\d{0,9})$/.test(version);

/** What others run, and what has no JWT secret: by the name of an image or of a service. */
export const isInfrastructure = (name: string): boolean =>
  /(^|[/_.-])(postgres\w*|pg|mysql|mariadb|mongo\w*|redis|valkey|memcached|rabbitmq|kafka|zookeeper|nats|elasticsearch|opensearch|kibana|grafana|prometheus|jaeger|otel\S*|minio|localstack|mailhog|mailpit|adminer|pgadmin\d*|nginx|traefik|caddy|envoy|haproxy|clickhouse\S*|cockroach\S*|vault|consul|etcd|cadvisor|loki|tempo)($|[:/_.@-])/i.test(
    name,
  );
