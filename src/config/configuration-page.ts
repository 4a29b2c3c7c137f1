import { isObject } from '../schema/path.js';
import { configJsonSchema } from './json-schema.js';

/** Generates a Markdown page of all configuration keys from the JSON Schema. */
export function configurationPage(): string {
  const schema = node(configJsonSchema());
  const parts = [head, ...sectionsOf(schema, '', 'Top level')];
  return `${parts.join('\n\n')}\n`;
}

const head = `# Configuration

Every key, from the schema that validates it (\`jwtcheck config schema\` prints it for editors). [cookbook.md](cookbook.md) has
examples. \`jwtcheck init\` creates a configuration, and \`jwtcheck config validate\` reports all problems at once.

The configuration is the file in \`--config\`, then \`JWTCHECK_CONFIG\`, then the nearest of these, searched upward from the working directory: \`.jwtcheckrc\`, \`.jwtcheckrc.json\`,
\`.jwtcheckrc.yaml\`, \`jwtcheck.config.json\`, or the key \`jwtcheck\` in \`package.json\`. JSON may contain comments. \`\${NAME}\` and
\`\${NAME:-default}\` are expanded from the environment in any text; expanded values are treated as secrets.
A duration is \`500ms\`, \`5s\`, \`2m\`, \`1h\` or \`30d\`. Out of scope: tokens in encrypted cookies (JWE), gRPC and MQTT; keys that are not
shared secrets (RS256, ES256).`;

/** The used part of a JSON Schema. */
interface Node {
  readonly type: string | null;
  readonly description: string;
  readonly default: unknown;
  readonly properties: readonly (readonly [string, Node])[];
  readonly required: readonly string[];
  readonly choices: readonly Node[];
  readonly values: readonly unknown[];
  readonly items: Node | null;
  /** The schema of the values of a map. */
  readonly each: Node | null;
}

function node(value: unknown): Node {
  const schema = isObject(value) ? value : {};
  const list = (key: string): unknown[] => (Array.isArray(schema[key]) ? schema[key] : []);
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return {
    type: typeof schema.type === 'string' ? schema.type : null,
    description: typeof schema.description === 'string' ? schema.description : '',
    default: schema.default,
    properties: properties.map(([key, one]) => [key, node(one)] as const),
    required: list('required').map(String),
    choices: [...list('anyOf'), ...list('oneOf')].map(node),
    values: [...list('enum'), ...(schema.const === undefined ? [] : [schema.const])],
    items: isObject(schema.items) ? node(schema.items) : null,
    each: isObject(schema.additionalProperties) ? node(schema.additionalProperties) : null,
  };
}

/** A table for an object, followed by the sections of nested objects. Equal objects are documented once. */
function sectionsOf(schema: Node, path: string, title: string, documented = new Set<string>()): string[] {
  const table = schema.properties.filter(([key]) => key !== '$schema');
  const signature = JSON.stringify(table);
  if (table.length === 0 || documented.has(signature)) return [];
  documented.add(signature);
  const intro = schema.description === '' || path === '' ? [] : [text(schema.description)];
  const rows = table.map(([key, one]) => row(key, one, schema.required.includes(key)));
  return [
    `## ${title}`,
    ...intro,
    ['| key | meaning | default | example |', '|---|---|---|---|', ...rows].join('\n'),
    ...table.flatMap(([key, one]) => within(one, path === '' ? key : `${path}.${key}`, documented)),
  ];
}

function within(one: Node, path: string, documented: Set<string>): string[] {
  const kindOf = (choice: Node): unknown => choice.properties.find(([key]) => key === 'kind')?.[1].values[0];
  const objects = [one, ...one.choices].filter((choice) => choice.properties.length > 0);
  return [
    ...objects.flatMap((choice) => {
      const kind = kindOf(choice);
      const title = kind === undefined ? `\`${path}\`` : `\`${path}\` of kind \`${String(kind)}\``;
      return sectionsOf(choice, path, title, documented);
    }),
    ...(one.items === null ? [] : within(one.items, `${path}[]`, documented)),
    ...(one.each === null ? [] : within(one.each, `${path}.NAME`, documented)),
  ];
}

function row(key: string, one: Node, isRequired: boolean): string {
  const byDefault = one.default === undefined ? (isRequired ? '*required*' : '') : json(one.default);
  const values = one.values.length > 0 ? one.values : one.choices.flatMap((choice) => choice.values);
  const among = values.length > 1 ? ` One of ${values.map(json).join(', ')}.` : '';
  const meaning = key === 'kind' ? 'The kind.' : one.description;
  return `| \`${key}\` | ${cell(`${meaning}${among}`)} | ${byDefault} | ${exampleOf(key, one, values)} |`;
}

/** Examples by key, for keys without an example in the schema. */
const examples: Readonly<Record<string, unknown>> = {
  defaultEnvironment: 'staging',
  issuer: 'auth-service',
  audience: 'example-platform',
  fingerprint: '200718bd',
  header: { kid: '2026-01' },
  claims: { email: 'jwtcheck@example.com' },
  types: { access: { token_type: 'access' }, refresh: { token_type: 'refresh' } },
  knownFallbacks: ['staging-jwt-secret-key'],
  crossCheck: ['production'],
  allowedHosts: ['api.example.com', '*.internal.example.com', '127.0.0.1:8080'],
  failureWindow: 4,
  silence: [{ reason: 'rotation', from: '2026-02-01T10:00:00Z', until: '2026-02-01T11:00:00Z' }],
  reason: 'rotation 7 to 8',
  from: '2026-02-01T10:00:00Z',
  until: '2026-02-01T11:00:00Z',
  participants: ['auth_service'],
  heartbeat: { url: `\${HEARTBEAT_URL}` },
  url: 'https://auth.example.com/internal/jwt-fingerprint',
  externalUrl: 'https://jwtcheck.example.com',
  runbookUrl: 'https://wiki.example.com/jwt',
  hosts: ['jwtcheck.example.com'],
  notify: [{ kind: 'slack', url: `\${SLACK_WEBHOOK_URL}` }],
  name: 'validate',
  timeout: '10s',
  tls: { ca: 'ca.pem' },
  ca: 'ca.pem',
  cert: 'client.pem',
  key: 'client-key.pem',
  serverName: 'auth.internal',
  routingKey: `\${PAGERDUTY_ROUTING_KEY}`,
  signingSecret: `\${HOOK_SECRET}`,
  generatorUrl: 'https://jwtcheck.example.com',
  headers: { authorization: `Bearer \${FINGERPRINT_TOKEN}` },
  environments: { staging: { participants: {} } },
  reference: 'secret_manager',
  project: 'example-staging',
  secret: 'jwt-secret-staging',
  version: 'latest',
  location: 'europe-west1',
  endpoint: 'http://127.0.0.1:8085',
  service: 'auth_service',
  names: ['JWT_SECRET_STAGING', 'JWT_SECRET'],
  fallback: 'staging-jwt-secret-key',
  path: '.env',
  run: ['vault', 'kv', 'get', '-field=secret', 'kv/jwt'],
  value: `\${SERVICE_TOKEN}`,
  command: ['gh', 'auth', 'token'],
  source: { kind: 'env', names: ['JWT_SECRET'] },
  probes: [{ kind: 'http', url: 'https://api.example.com/me' }],
  mint: { url: 'https://auth.example.com/auth/e2e-token', pointer: '/access_token' },
  impact: { mrr: 50000 },
  mrr: 50000,
  note: 'WebSocket sign-in',
  body: { token: '{{token}}' },
  accepted: { json: { '/valid': true } },
  rejected: { status: [401, 403] },
  misconfigured: { json: { '/error': 'invalid_service_secret' } },
  status: [200],
  json: { '/type': 'connected' },
  includes: 'signature',
  tokenTypes: ['access'],
  subprotocols: ['jwt-auth', 'jwt.{{token.base64url}}'],
  message: { type: 'auth', token: '{{token}}' },
  messages: [{ expect: { json: { '/type': 'hello' } } }, { token: '{{token}}' }],
  expect: { json: { '/type': 'hello' } },
  closeCodes: [1008, 4401],
  pointer: '/access_token',
  reach: 'eu-private',
  optional: true,
  role: 'issuer',
  drain: { access: '1h', refresh: '30d' },
  staged: [['kubectl', 'rollout', 'restart', 'deployment/auth']],
  promoted: [['kubectl', 'rollout', 'restart', 'deployment/auth']],
  revoked: [['kubectl', 'rollout', 'restart', 'deployment/auth']],
  finished: [['kubectl', 'rollout', 'restart', 'deployment/auth']],
  days: ['mon', 'tue', 'wed', 'thu'],
  start: '09:00',
  end: '17:00',
  windows: [{ days: ['mon', 'tue', 'wed', 'thu'], start: '09:00', end: '17:00' }],
  remediate: 'plan',
  rollout: { run: ['kubectl', 'rollout', 'restart', 'deployment/auth'] },
};

function exampleOf(key: string, one: Node, values: readonly unknown[]): string {
  const example = exampleValue(key, one, values);
  return example === undefined ? '' : json(example);
}

function exampleValue(key: string, one: Node, values: readonly unknown[]): unknown {
  // For an object whose key is also a text elsewhere, its first member is the example.
  const [first] = one.properties;
  const known = examples[key];
  if (first !== undefined && !isObject(known)) {
    const [name, inner] = first;
    return { [name]: exampleValue(name, inner, inner.values) };
  }
  if (known !== undefined) return known;
  if (values.length > 0) return values.at(-1);
  if (one.type === 'boolean') return one.default !== true;
  return one.default;
}

const json = (value: unknown): string => `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;

const text = (words: string): string => words.replace(/</g, '\\<');

const cell = (words: string): string => text(words).replaceAll('|', '\\|').replaceAll('\n', ' ');
