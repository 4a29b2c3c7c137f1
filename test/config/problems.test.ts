import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig, loadEnvironments } from '../../src/config/load.js';
import { ConfigError } from '../../src/errors.js';
import { formatPath } from '../../src/schema/path.js';
import { runs } from '../support/random.js';

type Env = Record<string, string | undefined>;

/** Every problem of a configuration that a program passed, as lines. */
async function problems(config: unknown, env: Env = {}): Promise<string[]> {
  const error = await loadEnvironments({ ...untyped(config), cwd: '/', env }, 'all').then(
    () => null,
    (e: unknown) => e,
  );
  if (error === null) return [];
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map((p) => `${p.path}: ${p.message}`);
}

/** JavaScript callers pass what they like. */
function untyped(config: unknown): { config: never } {
  return JSON.parse('{}', () => ({ config }));
}

const allPlaces = [
  'defaultEnvironment',
  'currency',
  'timeout',
  'controls',
  'token',
  'crossCheck',
  'reference',
  'kind',
  'url',
  'header',
  'name',
  'type',
  'unknown',
] as const;
type Place = (typeof allPlaces)[number];

const service = { source: { kind: 'http', url: 'https://h/f' } };
const withParticipants = (participants: unknown, more: object = {}) => ({
  environments: { s: { participants } },
  ...more,
});
const one = (participant: unknown) => withParticipants({ a: participant });

describe('the words of a problem', () => {
  it('are none where nothing is wrong', async () => {
    expect(await problems(withParticipants({ a: service, b: service }))).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing at all', {}, ['environments: missing; expected an object']],
    [
      'malformed templates, each where it stands',
      one({
        probes: [
          {
            kind: 'websocket',
            url: 'wss://h/{{base64:{{token}}',
            subprotocols: ['a.{{base64:{{token}}}}', 'b c'],
            headers: { authorization: 'Basic {{base64:user:password}}' },
            messages: [{ token: '{{tokn}}' }, { expect: { jsno: {} } }, { expect: 'a', x: 1 }],
          },
        ],
      }),
      [
        'environments.s.participants.a.probes[0].url: {{base64: is not closed by }}',
        'environments.s.participants.a.probes[0].subprotocols[0]: base64 uses characters that are not allowed in a subprotocol; use {{base64url:…}}',
        "environments.s.participants.a.probes[0].subprotocols[1]: not a subprotocol: letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 §4.1)",
        'environments.s.participants.a.probes[0].headers.authorization: {{base64:…}} without {{token}} in it; only what contains the token is encoded',
        'environments.s.participants.a.probes[0].messages[0].token: {{tokn… is no place for the token; expected {{token}}, {{token.base64url}}, {{base64:…}} or {{base64url:…}}',
        'environments.s.participants.a.probes[0].messages[1].expect.jsno: unknown key `jsno`',
        'environments.s.participants.a.probes[0].messages[2].x: unknown key `x`',
      ],
    ],
    [
      'a header that the algorithm writes',
      { ...one(service), token: { header: { kid: 'a', alg: 'none' } } },
      ['token.header.alg: `alg` follows from `token.algorithm`'],
    ],
    ['another root', [], [': expected an object, found a list']],
    ['no environment', { environments: {} }, ['environments: must have at least one environment']],
    [
      'no participant',
      withParticipants({}),
      ['environments.s.participants: must have at least one participant'],
    ],
    ['an unknown key', { ...one(service), tokn: 1 }, ['tokn: unknown key `tokn`; did you mean `token`?']],
    [
      'a strange key',
      { ...one(service), 'q\u001b[31m': 1 },
      ['["q\\u001b[31m"]: unknown key `q\\u001b[31m`'],
    ],
    [
      'an unknown key of a kind, and the missing one',
      one({ source: { kind: 'http', urll: 'https://h' } }),
      [
        'environments.s.participants.a.source.urll: unknown key `urll`; did you mean `url`?',
        'environments.s.participants.a.source.url: missing; expected text',
      ],
    ],
    [
      'a key of another kind',
      one({ probes: [{ kind: 'http', url: 'https://h', settel: '1s', body: { anything: 1 } }] }),
      ['environments.s.participants.a.probes[0].settel: unknown key `settel`'],
    ],
    ['a wrong type', { ...one(service), currency: 5 }, ['currency: expected text, found a number']],
    [
      'a fraction',
      { ...one(service), concurrency: 1.5 },
      ['concurrency: expected a whole number, found a fraction'],
    ],
    ['too much', { ...one(service), concurrency: 0 }, ['concurrency: must be at least 1']],
    ['a list for an object', { ...one(service), token: [] }, ['token: expected an object, found a list']],
    ['an empty text', { ...one(service), currency: '' }, ['currency: must not be empty']],
    ['a long text', { ...one(service), currency: 'abcdefghi' }, ['currency: must have at most 8 characters']],
    [
      'a duration',
      { ...one(service), timeout: '5', deadline: '2h' },
      [
        'timeout: expected a duration such as 500ms, 5s, 2m or 1h',
        'deadline: expected at least 1ms and at most 1h',
      ],
    ],
    [
      'an algorithm',
      { ...one(service), token: { algorithm: 'HS265' } },
      ['token.algorithm: expected `HS256`, `HS384` or `HS512`; did you mean `HS256`?'],
    ],
    [
      'controls',
      { ...one(service), controls: ['forged', 'expird'] },
      [
        'controls[1]: expected `forged`, `missing`, `expired`, `unsigned`, `tampered` or `retired`; did you mean `expired`?',
      ],
    ],
    [
      'a retired version that is no number',
      { ...one(service), controls: ['retired:latest'] },
      [
        'controls[0]: expected `forged`, `missing`, `expired`, `unsigned`, `tampered` or `retired`; did you mean `retired`?',
      ],
    ],
    [
      'two retired versions',
      { ...one(service), controls: ['retired:5', 'retired'] },
      ['controls: name retired once, with one version: retired:6'],
    ],
    [
      'other controls',
      { ...one(service), controls: 'some' },
      ['controls: expected `all` or `none` or a list'],
    ],
    [
      'more controls',
      { ...one(service), controls: 7 },
      ['controls: expected `all` or `none` or a list, found a number'],
    ],
    ['audience', { ...one(service), token: { audience: [] } }, ['token.audience: must not be empty']],
    [
      'an unknown kind',
      one({ source: { kind: 'htpp' } }),
      [
        'environments.s.participants.a.source.kind: unknown kind; expected `google-secret-manager`, `http`, `env`, `file`, `command`, `pinned` or `token`; did you mean `http`?',
      ],
    ],
    [
      'no kind',
      one({ probes: [{ url: 'https://h' }] }),
      ['environments.s.participants.a.probes[0].kind: missing; expected `http` or `websocket`'],
    ],
    ['no source', one({}), ['environments.s.participants.a: needs a `source`, `probes` or `mint`']],
    ['mint alone, which is enough', one({ mint: { url: 'https://h' }, probes: [] }), []],
    [
      'a token in the file',
      one({ source: { kind: 'token', value: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' } }),
      [
        'environments.s.participants.a.source.value: a token must not be written in the file: use a variable, $' +
          '{NAME}',
      ],
    ],
    [
      'a token from two places',
      one({ source: { kind: 'token', value: 'a', command: ['b'] } }),
      [
        'environments.s.participants.a.source: needs either `value` or `command`',
        'environments.s.participants.a.source.value: a token must not be written in the file: use a variable, $' +
          '{NAME}',
      ],
    ],
    [
      'a key that is no header',
      one({ source: { ...service.source, headers: { 'a b': 'x' } } }),
      ['environments.s.participants.a.source.headers["a b"]: not a header name (RFC 9110 §5.1)'],
    ],
    [
      'a name without letters',
      withParticipants({ '': service }),
      ['environments.s.participants[""]: a name must not be empty'],
    ],
    [
      'no token type',
      { ...one(service), token: { types: {} } },
      ['token.types: must have at least one token type'],
    ],
    [
      'names of environments',
      { ...one(service), defaultEnvironment: 'S', crossCheck: ['s', 'production'] },
      [
        'defaultEnvironment: unknown environment; did you mean `s`?',
        'crossCheck[1]: unknown environment; expected `s`',
      ],
    ],
    [
      'the name of the reference',
      { environments: { s: { reference: 'secret_manger', participants: { secret_manager: service } } } },
      ['environments.s.reference: unknown participant; did you mean `secret_manager`?'],
    ],
    [
      'a reference without a source',
      {
        environments: {
          s: { reference: 'a', participants: { a: { probes: [{ kind: 'http', url: 'https://h' }] } } },
        },
      },
      [
        'environments.s.reference: the reference must have a `source`: probes alone do not reveal its fingerprint',
      ],
    ],
    [
      'a reference with an inherited name',
      { environments: { s: { reference: 'constructor', participants: { a: service } } } },
      ['environments.s.reference: unknown participant; expected `a`'],
    ],
    [
      'names of probes and token types',
      one({
        probes: [
          { kind: 'http', url: 'https://h', name: 'x' },
          { kind: 'http', url: 'https://h', name: 'x', tokenTypes: ['access', 'acess'] },
        ],
      }),
      [
        'environments.s.participants.a.probes[1].name: probes[0] has the same name; choose another one',
        'environments.s.participants.a.probes[1].tokenTypes[1]: unknown token type; did you mean `access`?',
      ],
    ],
  ])('%s', async (_, config, expected) => expect(await problems(config)).toEqual(expected));

  it('come all at once, in the order of the file', async () => {
    const config = {
      currency: 1,
      environments: { s: { reference: 'z', participants: { a: { source: { kind: 'x' } }, b: {} } } },
      extra: 1,
      defaultEnvironment: `\${NO}`,
    };
    expect((await problems(config)).map((line) => line.split(': ')[0])).toEqual([
      'currency',
      'environments.s.reference',
      'environments.s.participants.a.source.kind',
      'environments.s.participants.b',
      'extra',
      'defaultEnvironment',
    ]);
  });

  it('speak of plain HTTP off this machine', async () => {
    const config = one({
      source: { kind: 'http', url: 'http://h/f' },
      probes: [
        { kind: 'websocket', url: 'ws://h/ws?t={{token}}' },
        { kind: 'http', url: 'http://[::1]:8080/' },
        { kind: 'http', url: 'http://h/' },
      ],
      mint: { url: 'http://10.0.0.1/' },
    });
    const found = await problems(config);
    expect(
      found.map((line) => /\.a\.(.*?): plain (\w+) .* use ([a-z]+:\/\/)(.*)$/.exec(line)?.slice(1)),
    ).toEqual([
      ['source.url', 'http', 'https://', ', or set `allowInsecure: true`'],
      ['probes[0].url', 'ws', 'wss://', ''],
      ['probes[2].url', 'http', 'https://', ''],
      ['mint.url', 'http', 'https://', ''],
    ]);
    expect(found[1]).toContain('tokens require TLS or a host on this machine');
    const allowed = { url: 'http://h/', allowInsecure: true };
    expect(await problems(one({ source: { kind: 'http', ...allowed } }))).toEqual([]);
    const refused = await problems(one({ probes: [{ kind: 'http', ...allowed }], mint: allowed }));
    for (const place of ['probes[0].allowInsecure', 'probes[0].url', 'mint.allowInsecure', 'mint.url'])
      expect(refused).toEqual(expect.arrayContaining([expect.stringContaining(`${place}: `)]));
  });

  it('speak of plain HTTP to Secret Manager, configured or from the environment', async () => {
    const at = (endpoint?: string) =>
      one({ source: { kind: 'google-secret-manager', project: 'p', secret: 's', endpoint } });
    const allowed = [undefined, 'http://127.0.0.1:80', 'https://h', 'secretmanager.googleapis.com'];
    for (const endpoint of allowed) expect(await problems(at(endpoint))).toEqual([]);
    for (const endpoint of ['http://h', 'ftp://127.0.0.1', 'https://u:p@h'])
      expect(await problems(at(endpoint))).toEqual([expect.stringContaining('source.endpoint: ')]);
    const name = 'SECRET_MANAGER_EMULATOR_HOST';
    for (const host of ['', 'localhost:80', 'http://127.0.0.1:1'])
      expect(await problems(at(), { [name]: host })).toEqual([]);
    for (const host of ['example.com:80', 'http://10.0.0.1', 'https://x', 'a b'])
      expect(await problems(at(), { [name]: host })).toEqual([expect.stringContaining(name)]);
    expect(await problems(one(service), { [name]: 'example.com:80' })).toEqual([]);
  });

  it('do not speak twice of what could not be expanded', async () => {
    const found = await problems(one({ source: { kind: `\${K}`, url: `\${U}` }, role: `\${R}` }));
    expect(found.every((line) => line.includes('is not set'))).toBe(true);
    expect(found).toHaveLength(3);
  });

  it('never show what was expanded, nor guess from it', async () => {
    const config = {
      ...one({
        source: { kind: `\${X}` },
        role: `\${X}`,
        probes: [{ kind: 'http', url: `\${X}`, samples: `\${X}` }],
      }),
      defaultEnvironment: `\${X}`,
      timeout: `\${X}`,
      token: { algorithm: `\${X}` },
    };
    for (const secret of ['verifierr', 'HS2566', 'httpp', 'hunter22x']) {
      const text = (await problems(config, { X: secret })).join('\n');
      expect(text).not.toContain(secret);
      expect(text).not.toContain('did you mean');
      expect(text).toContain('samples: expected a number, found text (a variable always yields text)');
    }
  });

  it('never show a value that was expanded, wherever it stands', async () => {
    const secret = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 12, maxLength: 20 });
    const places = fc.array(fc.constantFrom(...allPlaces));
    await fc.assert(
      fc.asyncProperty(secret, places, async (value, where) => {
        const x = (place: Place, other: unknown) => (where.includes(place) ? `a \${X}` : other);
        const config = {
          defaultEnvironment: x('defaultEnvironment', 's'),
          currency: x('currency', 'USD'),
          timeout: x('timeout', '1s'),
          controls: [x('controls', 'forged')],
          token: x('token', {}),
          crossCheck: [x('crossCheck', 's')],
          unknown: x('unknown', 1),
          environments: {
            s: {
              reference: x('reference', 'a'),
              participants: {
                a: {
                  source: {
                    kind: x('kind', 'http'),
                    url: x('url', 'https://h'),
                    headers: { a: x('header', 'b\n') },
                  },
                  probes: [
                    { kind: 'http', url: 'https://h', name: x('name', 1), tokenTypes: [x('type', 'access')] },
                  ],
                },
              },
            },
          },
        };
        const found = await problems(config, { X: value });
        expect(found.length).toBeGreaterThan(0);
        expect(found.join('\n')).not.toContain(value);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('anything a program passes', () => {
  it('is taken or refused with a ConfigError', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.anything({
            withDate: true,
            withMap: true,
            withBigInt: true,
            withNullPrototype: true,
            withSparseArray: true,
          }),
          fc.object().map((tree) => ({ environments: { s: { participants: tree } } })),
        ),
        async (value) => {
          fc.pre(typeof value === 'object' && value !== null);
          expect(Array.isArray(await problems(value))).toBe(true);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('may be cyclic or very deep', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.token = { claims: cyclic };
    expect((await problems(cyclic)).join()).toContain('nested too deeply');
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect((await problems({ token: deep })).join()).toContain('nested too deeply');
  });

  it('is refused where it is no data', async () => {
    expect(await problems({ ...one(service), token: { claims: { a: new Date(0), b: () => 1 } } })).toEqual([
      'token.claims.a: expected plain data, found an instance of a class',
      'token.claims.b: expected plain data, found a function',
    ]);
    const polluting: unknown = JSON.parse('{"environments": {"s": {"participants": {"__proto__": {}}}}}');
    expect(await problems(polluting)).toContain(
      'environments.s.participants.__proto__: this key is not allowed',
    );
  });
});

describe('a path', () => {
  it.each([
    [['a', 'b_c', 0, 'x-y', '404'], 'a.b_c[0].x-y.404'],
    [['a b', '/p', '"', ''], '["a b"]["/p"]["\\""][""]'],
    [['\u202e\n'], '["\\u202e\\u000a"]'],
    [[], ''],
  ])('%j is written %s', (path, text) => expect(formatPath(path)).toBe(text));
});

describe('loadConfig', () => {
  it('tells problems of an object, too', async () => {
    await expect(loadConfig({ config: { environments: {} }, cwd: '/', env: {} })).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      file: null,
    });
  });
});
