import { createHash } from 'node:crypto';
import { besides, cause, type Incident, inSecretManager, right, tests } from './incident.js';

const both = ['auth_service', 'backend_service'];
const fromEnv = { kind: 'env', names: ['JWT_SECRET'] };
const fromFile = { kind: 'file', path: 'secret.txt' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Everybody holds it without, the reference with the distortion. */
const stored = (distorted: string, meant: string = right): Incident['world'] => ({
  versions: [distorted],
  services: { auth_service: { keys: meant, role: 'issuer' }, backend_service: { keys: meant } },
});

const dollars = `pa55$WORD-${right.slice(0, 20)}$$${right.slice(20)}`;
const hash = `${right.slice(0, 30)}#${right.slice(30)}`;
const wrapped = `${right.slice(0, 48)}\n${right.slice(48)}`;
const multiline = `-----BEGIN SECRET-----\n${right}\n-----END SECRET-----`;
const backslashed = `${right.slice(0, 20)}\\q${right.slice(20)}`;
const urlUnsafe = `${right.slice(0, 20)}+/${right.slice(20)}==`;
const random = Buffer.from(right, 'base64url');
const standard = random.toString('base64');
const hex = random.toString('hex');

/** Other bytes than meant: each on the side of a participant, and stored that way. */
export const whichBytes: readonly Incident[] = [
  {
    name: 'a service took a newline along',
    seenIn: 'google-cloud-python#10436',
    world: besides(`${right}\n`, right, inSecretManager),
    expected: cause('trailing-newline', ['backend_service'], { distorted: 'backend_service' }),
  },
  {
    name: 'a file written by echo',
    seenIn: 'caddy-jwt#26',
    world: tests(fromFile, { files: { 'secret.txt': `${right}\n` } }),
    expected: cause('trailing-newline', ['tests']),
  },
  {
    name: 'a variable pasted with a newline',
    seenIn: 'vercel-plugin#49',
    world: tests(fromEnv, { env: { JWT_SECRET: `${right}\n` } }),
    expected: cause('trailing-newline', ['tests']),
  },
  {
    name: 'a newline stored in Secret Manager',
    seenIn: 'google-cloud-python#10436',
    world: stored(`${right}\n`),
    expected: cause('trailing-newline', both, { distorted: 'store' }),
  },
  {
    name: 'a file from Windows',
    seenIn: 'cli/cli#13588',
    world: tests(fromFile, { files: { 'secret.txt': `${right}\r\n` } }),
    expected: cause('crlf-line-ending', ['tests']),
  },
  {
    name: 'a program that prints Windows line ends, of which one newline is its own',
    seenIn: 'cli/cli#13588',
    world: tests(
      { kind: 'command', run: [process.execPath, '-e', 'process.stdout.write(process.env.ONE + "\\r\\n")'] },
      { env: { ONE: right } },
    ),
    expected: cause('crlf-line-ending', ['tests']),
  },
  {
    name: 'Windows line ends stored in Secret Manager',
    seenIn: 'cli/cli#13588',
    world: stored(`${right}\r\n`),
    expected: cause('crlf-line-ending', both),
  },
  {
    name: 'a blank after the value in a service that does not trim',
    seenIn: 'frigate PR 16467',
    world: besides(`${right} `),
    expected: cause('surrounding-whitespace'),
  },
  {
    name: 'blanks stored, and services that trim',
    seenIn: 'frigate PR 16467',
    world: stored(`  ${right}\t`),
    expected: cause('surrounding-whitespace', both),
  },
  {
    name: 'a file saved with a byte-order mark',
    seenIn: 'hermes-agent#65123',
    world: tests(fromFile, { files: { 'secret.txt': `\ufeff${right}` } }),
    expected: cause('byte-order-mark', ['tests']),
  },
  {
    name: 'a byte-order mark stored in Secret Manager',
    seenIn: 'hermes-agent#65123',
    world: stored(`\ufeff${right}`),
    expected: cause('byte-order-mark', both),
  },
  {
    name: 'double quotes kept by --env-file',
    seenIn: 'moby#46773',
    world: tests(fromEnv, { env: { JWT_SECRET: `"${right}"` } }),
    expected: cause('quotes-kept', ['tests']),
  },
  {
    name: 'single quotes kept in an entry of a dotenv file',
    seenIn: 'docker/cli#3630',
    world: tests(
      { kind: 'file', path: 'app.env', key: 'JWT_SECRET', raw: true },
      { files: { 'app.env': `OTHER=1\nJWT_SECRET='${right}'\n` } },
    ),
    expected: cause('quotes-kept', ['tests']),
  },
  {
    name: 'quotes stored, which compose strips',
    seenIn: 'moby#46773',
    world: stored(`"${right}"`),
    expected: cause('quotes-kept', both),
  },
  {
    name: 'quotes and a newline within them',
    seenIn: 'docker/cli#3630',
    world: besides(`"${right}\n"`),
    expected: cause('quotes-kept'),
  },
  {
    name: 'compose put nothing in the place of $WORD, and one dollar for two',
    seenIn: 'docker/compose#10419',
    world: besides(dollars.replace('$WORD', '').replace('$$', '$'), dollars),
    expected: cause('truncated-at-dollar'),
  },
  {
    name: 'cut at the dollar',
    seenIn: 'node-jsonwebtoken#624',
    world: besides(dollars.slice(0, dollars.indexOf('$')), dollars, { spoken: ['pa55'] }),
    expected: cause('truncated-at-dollar'),
  },
  {
    name: 'dollars doubled where it is stored',
    seenIn: 'docker/compose#10419',
    world: stored(`a$$${right}`, `a$${right}`),
    expected: cause('truncated-at-dollar', both),
  },
  {
    name: 'a comment begins within the value',
    seenIn: 'dotenv#633',
    world: besides(hash.slice(0, hash.indexOf('#')), hash),
    expected: cause('truncated-at-hash'),
  },
  {
    name: 'openssl wrapped it, and only the first line was read',
    seenIn: 'jabali-panel#193',
    world: besides(wrapped.slice(0, 48), wrapped),
    expected: cause('truncated-at-newline'),
  },
  ...[16, 32, 60].map((length) => ({
    name: `cut to ${length} bytes`,
    seenIn: 'superset#37753',
    world: besides(right.slice(0, length)),
    expected: cause('truncated-length'),
  })),
  {
    name: 'newlines as two characters',
    seenIn: 'systemd#8857',
    world: besides(multiline.replaceAll('\n', '\\n'), multiline),
    expected: cause('escape-not-expanded'),
  },
  {
    name: 'newlines stored as two characters, and services that expand them',
    seenIn: 'systemd#8857',
    world: stored(multiline.replaceAll('\n', '\\n'), multiline),
    expected: cause('escape-not-expanded', both),
  },
  {
    name: 'a backslash dropped',
    seenIn: 'systemd#8857',
    world: besides(backslashed.replace('\\', ''), backslashed),
    expected: cause('escape-not-expanded'),
  },
  {
    name: 'percent-encoded in a service',
    seenIn: 'cloudflare-worker-jwt#72',
    world: besides(encodeURIComponent(urlUnsafe), urlUnsafe),
    expected: cause('url-encoded'),
  },
  {
    name: 'percent-encoded where it is stored',
    seenIn: 'cloudflare-worker-jwt#72',
    world: stored(encodeURIComponent(urlUnsafe), urlUnsafe),
    expected: cause('url-encoded', both),
  },
  {
    name: 'a service decodes what is no base64 but looks like it',
    seenIn: 'jjwt#315',
    world: besides(random, standard),
    expected: cause('base64-decoded'),
  },
  {
    name: 'a service decodes base64url',
    seenIn: 'supabase/auth#1758',
    world: besides(random, right),
    expected: cause('base64-decoded'),
  },
  {
    name: 'data where stringData was meant',
    seenIn: 'kubernetes',
    world: besides(base64(right), right, inSecretManager),
    expected: cause('base64-not-decoded'),
  },
  {
    name: 'encoded by hand, and by kubectl once more',
    seenIn: 'kubernetes',
    world: besides(base64(base64(right))),
    expected: cause('base64-not-decoded'),
  },
  {
    name: 'echo into base64: encoded with its newline',
    seenIn: 'hasura#10120',
    world: besides(base64(`${right}\n`)),
    expected: cause('base64-not-decoded'),
  },
  {
    name: 'a service takes the digits for hex',
    seenIn: 'eth-docker PR 2043',
    world: besides(random, hex),
    expected: cause('hex-decoded'),
  },
  {
    name: 'hex with 0x before it',
    seenIn: 'eth-docker PR 2043',
    world: besides(random, `0x${hex}`),
    expected: cause('hex-decoded'),
  },
  {
    name: 'the whole JSON document instead of its field',
    seenIn: 'containers-roadmap#385',
    world: besides(JSON.stringify({ JWT_SECRET: right })),
    expected: cause('json-not-unwrapped'),
  },
  {
    name: 'a document is stored, and services take the field',
    seenIn: 'containers-roadmap#385',
    world: stored(JSON.stringify({ user: 'app', jwt: { signing: right } })),
    expected: cause('json-not-unwrapped', both),
  },
  {
    name: 'in small letters',
    seenIn: 'CONTRACT §7',
    world: besides(right.toLowerCase()),
    expected: cause('case-changed'),
  },
  ...[
    '$' + '{JWT_SECRET}',
    'sm://example-staging/jwt-secret-staging',
    '%JWT_SECRET%',
    '{{ .Values.jwt.secret }}',
  ].map((placeholder) => ({
    name: `nobody replaced ${placeholder}`,
    seenIn: 'jac#9003',
    world: tests(fromEnv, { env: { JWT_SECRET: placeholder }, spoken: [placeholder], ...inSecretManager }),
    expected: cause('unresolved-placeholder', ['tests']),
  })),
  {
    name: 'a service that shows a fingerprint alone holds a placeholder',
    seenIn: 'jac#9003',
    world: besides('$' + '{JWT_SECRET_STAGING}', right, {
      ...inSecretManager,
      spoken: ['$' + '{JWT_SECRET_STAGING}'],
    }),
    expected: cause('unresolved-placeholder'),
  },
  ...['jwt-secret-staging', 'projects/example-staging/secrets/jwt-secret-staging', 'JWT_SECRET'].map(
    (name) => ({
      name: `${name} for the secret of that name`,
      seenIn: 'a seed of this project',
      world: besides(name, right, { ...inSecretManager, spoken: [name] }),
      expected: cause('secret-name-as-value'),
    }),
  ),
  {
    name: 'a variable that is set to nothing',
    seenIn: 'pokecollector#350',
    world: tests(fromEnv, { env: { JWT_SECRET: '' } }),
    expected: cause('empty-secret', ['tests']),
  },
  {
    name: 'a service shows e3b0c442',
    seenIn: 'pokecollector#350',
    world: besides(''),
    expected: cause('empty-secret'),
  },
  ...['undefined', 'null', 'None'].map((word) => ({
    name: `${word} made a text`,
    seenIn: 'baserow#2254',
    world: besides(word),
    expected: cause('non-value'),
  })),
  {
    name: 'the hash of the secret, which is no longer than the block',
    seenIn: 'duo_universal_csharp PR 23',
    world: besides(createHash('sha256').update(right).digest()),
    expected: cause('derived-key'),
  },
  {
    name: 'the hash of the secret in hex',
    seenIn: 'CONTRACT §7',
    world: besides(createHash('sha256').update(right).digest('hex')),
    expected: cause('derived-key'),
  },
  {
    name: 'cut at a semicolon by an ini file',
    seenIn: 'CONTRACT §7',
    world: besides(`${right.slice(0, 40)}`, `${right.slice(0, 40)};${right.slice(40)}`),
    expected: cause('truncated-at-character', ['backend_service'], { position: 41, character: ';' }),
  },
  {
    name: 'escaped for HTML',
    seenIn: 'CONTRACT §7',
    world: besides(`${right}&amp;&lt;`, `${right}&<`),
    expected: cause('escaped-text'),
  },
  {
    name: 'a semicolon came along',
    seenIn: 'CONTRACT §7',
    world: besides(`${right};`),
    expected: cause('extra-characters'),
  },
  {
    name: 'decoded from base64 into a string',
    seenIn: 'jjwt#315',
    world: besides(Buffer.from(random.toString()), standard),
    expected: cause('decoded-as-text'),
  },
  {
    name: 'digits with a zero in front, which YAML 1.1 reads as octal',
    seenIn: 'helm#4541',
    world: besides('5744368105847', '0123456701234567'),
    expected: {
      ...cause('read-as-number'),
      findings: [
        ['read-as-number', ['backend_service']],
        ['weak-secret', ['store', 'auth_service']],
      ],
    },
  },
  {
    name: 'base64url where the text of base64 is the key',
    seenIn: 'jjwt#315',
    world: besides(right, standard),
    expected: cause('base64-variant'),
  },
  {
    name: 'the line of the variable',
    seenIn: 'moby#46773',
    world: besides(`JWT_SECRET=${right}`),
    expected: cause('assignment-kept'),
  },
  {
    name: 'the prefix of Laravel',
    seenIn: 'hasura#10120',
    world: besides(`base64:${right}`),
    expected: cause('prefix-kept'),
  },
  {
    name: 'two lines joined',
    seenIn: 'darklang#2861',
    world: besides(wrapped.replace('\n', ''), wrapped),
    expected: cause('line-breaks-changed'),
  },
  {
    name: 'in UTF-16 without a mark',
    seenIn: 'FastEndpoints#844',
    world: besides(Buffer.from(right, 'utf16le')),
    expected: cause('character-encoding'),
  },
  {
    name: 'quotes inside it taken out',
    seenIn: 'systemd#8857',
    world: besides(right, `${right.slice(0, 9)}"${right.slice(9, 20)}"${right.slice(20)}`),
    expected: cause('characters-substituted'),
  },
  {
    name: 'a newline twice',
    seenIn: 'caddy-jwt#26',
    world: besides(`${right}\n\n`),
    expected: cause('trailing-newline'),
  },
  {
    name: 'a newline in the variable of one, and no reference: the majority is right',
    seenIn: 'vercel-plugin#49',
    world: { ...besides(`${right}\n`), hasReference: false },
    expected: cause('trailing-newline'),
  },
  {
    name: 'two that differ by a newline, and no reference: the one who holds it is named',
    seenIn: 'vercel-plugin#49',
    world: { held: right, services: { backend_service: { keys: `${right}\n` } }, hasReference: false },
    expected: cause('trailing-newline'),
  },
];
