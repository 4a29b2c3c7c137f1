import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describe as described,
  readAnswer,
  readMessages,
} from '../../../../src/observe/probes/answer/answer-words.js';
import { challengesOf } from '../../../../src/observe/probes/answer/challenges.js';
import { answerOf } from '../../../../src/observe/probes/matcher.js';
import { Secret } from '../../../../src/secret/secret.js';
import { expectLinear } from '../../../support/growth.js';
import { runs } from '../../../support/random.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const payload = { iss: 'https://auth.example.com', sub: 'a', iat: 1769860800 };
const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}.c2lnbmF0dXJlIG9mIHRva2Vu`;
const token = new Secret(text);

function read(status: number, body: unknown, headers: Record<string, string> = {}, scheme = 'Bearer') {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? {} : { 'content-type': 'application/json' };
  const response = { status, headers: { ...type, ...headers }, body: Buffer.from(raw) };
  return readAnswer(response, answerOf(status, raw), { token, scheme });
}

const html = { 'content-type': 'text/html; charset=utf-8' };

describe('the words of an answer', () => {
  it.each<[string, unknown, string[], Record<string, string>?]>([
    ['RFC 6749', { error: 'invalid_token', error_description: 'wrong aud' }, ['invalid_token', 'wrong aud']],
    ['Flask', { msg: 'Signature verification failed' }, ['Signature verification failed']],
    ['FastAPI', { detail: 'Invalid issuer' }, ['Invalid issuer']],
    [
      'FastAPI, validation',
      { detail: [{ type: 'missing', loc: ['header', 'authorization'], msg: 'Field required' }] },
      ['Field required', 'missing', 'loc header', 'loc authorization'],
    ],
    [
      'GraphQL',
      {
        errors: [{ message: 'jwt expired', path: ['me'], extensions: { code: 'UNAUTHENTICATED' } }],
        data: null,
      },
      ['jwt expired', 'UNAUTHENTICATED'],
    ],
    [
      'JSON:API',
      { errors: [{ status: '401', title: 'No', detail: 'wrong iss' }] },
      ['No', 'wrong iss', '401'],
    ],
    ['Rails', { errors: { token: ['is invalid', 'is old'] } }, ['token is invalid', 'token is old']],
    ['Devise', { errors: ['Signature has expired'] }, ['Signature has expired']],
    [
      'simplejwt',
      {
        detail: 'Given token not valid for any token type',
        code: 'token_not_valid',
        messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is expired' }],
      },
      ['token_not_valid', 'Given token not valid for any token type', 'Token is expired'],
    ],
    ['RFC 9457', { type: 'about:blank', title: 'jwt expired', status: 401 }, ['jwt expired']],
    ['Spring', { timestamp: '2026', status: 401, error: 'Unauthorized', path: '/me' }, ['Unauthorized']],
    ['an error within', { error: { code: 'E1', details: { reason: 'aud' } } }, ['E1', 'aud']],
    ['a wrapper', { data: { response: { err: { message: 'wrong iss' } } } }, ['wrong iss']],
    [
      'the name of an exception',
      { error: { name: 'JsonWebTokenError', message: 'bad' } },
      ['JsonWebTokenError', 'bad'],
    ],
    ['Kong', { exp: 'token expired' }, ['exp: token expired']],
    ['a list', [{ message: 'jwt expired' }], ['jwt expired']],
    ['text', 'invalid signature\n', ['invalid signature']],
    [
      'XML',
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>jwt expired</Message></Error>',
      ['AccessDenied', 'jwt expired'],
    ],
    ['text in a header field', '', ['token expired'], { 'x-auth-error': 'token expired' }],
    ['gRPC', '', ['Jwt is expired'], { 'grpc-message': 'Jwt%20is%20expired' }],
    [
      'the target of a redirect',
      '',
      ['invalid_token'],
      { location: '/login?error=invalid_token&next=%2Fme' },
    ],
    [
      'RFC 6750',
      '',
      ['invalid_token', 'The "aud" is wrong'],
      {
        'www-authenticate':
          'Bearer realm="a", error="invalid_token", error_description="The \\"aud\\" is wrong"',
      },
    ],
    [
      'a page of Express',
      '<!DOCTYPE html>\n<html lang="en"><head>\n<title>Error</title>\n</head>\n<body>\n<pre>UnauthorizedError: jwt issuer invalid<br> &nbsp; &nbsp;at /app/node_modules/a.js:1:2<br> &nbsp; &nbsp;at b (c)</pre>\n</body></html>',
      ['Error', 'UnauthorizedError: jwt issuer invalid'],
      html,
    ],
    [
      'a page of Tomcat',
      "<html><head><title>HTTP Status 401</title><style>h1 {a:b}</style></head><body><h1>HTTP Status 401</h1><p><b>Message</b> JWT expired &amp; &#39;gone&#x27;</p><script>var error = '<p>no</p>'</script></body></html>",
      ['HTTP Status 401', "Message JWT expired & 'gone'"],
      html,
    ],
  ])('%s', (_, body, words, headers) => {
    expect(read(401, body, headers).said.words).toEqual(words);
  });

  it('of a good answer only what is meant as words', () => {
    const post = { title: 'My diary', description: 'Of today', name: 'Alice', message: 'Hi' };
    expect(read(200, { data: { posts: [post], token_type: 'Bearer' }, title: 'Mine' }).said.words).toEqual(
      [],
    );
    expect(read(200, { errors: [{ message: 'jwt expired' }], data: { me: null } }).said.words).toEqual([
      'jwt expired',
    ]);
    expect(read(200, { code: 10401, msg: 'token invalid' }).said.words).toEqual(['token invalid']);
    expect(read(200, 'x'.repeat(200)).said.words).toEqual([]);
    expect(read(200, 'sk_live_0123456789012345678901234').said.words).toEqual([]);
  });

  it('deeper than four levels, nothing', () => {
    expect(read(401, { a: { b: { c: { error: 'four' } } } }).said.words).toEqual(['four']);
    expect(read(401, { a: { b: { c: { d: { error: 'five' } } } } }).said.words).toEqual([]);
  });

  it.each([
    ['whole', text],
    ['encoded once more', Buffer.from(text).toString('base64url')],
    ['its signature', text.split('.')[2]],
    ['what it says', JSON.stringify(payload)],
  ])('without the token: %s', (_, traced) => {
    const { said, shown } = read(401, { error: `bad: ${traced}`, got: traced });
    expect(said.words).toEqual(['bad: [token]']);
    expect(shown).toEqual(['bad: [token]']);
    expect(JSON.stringify(said)).not.toContain(JSON.stringify(traced).slice(1, -1));
  });

  it('a challenge in another scheme than the token came in, and no other, is worth a word', () => {
    const basic = { 'www-authenticate': 'Basic realm="a"' };
    expect(read(401, '', basic).shown).toEqual(['WWW-Authenticate: Basic realm="a"']);
    expect(read(401, '', basic, 'Basic').shown).toEqual([]);
    expect(read(401, '', { 'www-authenticate': 'Bearer' }).said.words).toEqual([]);
    expect(read(401, '', { 'www-authenticate': 'Bearer, Basic realm="a"' }).shown).toEqual([]);
  });

  it('in what is shown, not the name of the status again', () => {
    expect(described('401 Unauthorized', ['Unauthorized', 'jwt expired'])).toBe(
      '401 Unauthorized: jwt expired',
    );
    expect(described('401 Unauthorized', ['401 Unauthorized'])).toBe('401 Unauthorized');
  });
});

describe('the members of an answer', () => {
  it('are values where they mean something, and types elsewhere', () => {
    const body = {
      valid: false,
      code: 10401,
      user: null,
      id: 'jwtcheck-probe',
      at: 1769860800,
      request: '0b5a3a4e-7d43-4c2f-8f3e-0a4f5f4b6c7d',
      text: 'two words',
      'a/b~c': 1,
      list: [{ a: 1 }, { a: 2 }],
      none: [],
      deep: { a: { b: { c: { d: 1 } } } },
    };
    expect(read(200, body).said.members).toEqual({
      '/valid': false,
      '/code': 10401,
      '/user': null,
      '/id': 'jwtcheck-probe',
      '/at': '<number>',
      '/request': '<string>',
      '/text': '<string>',
      '/a~1b~0c': 1,
      '/list/0/a': 1,
      '/none': '<empty list>',
      '/deep/a/b/c': '<object>',
    });
  });

  it('the names that a service chooses are only names', () => {
    expect(Object.keys(read(200, '{"__proto__": 1}').said.members)).toEqual(['/__proto__']);
  });
});

describe('form, layer and target', () => {
  it.each([
    [200, '', { 'content-type': 'text/event-stream' }, 'stream'],
    [401, '{}', {}, 'json'],
    [401, '<html>', {}, 'html'],
    [401, 'no', {}, 'text'],
    [401, ' \n', {}, 'none'],
  ])('%i %j is %s', (status, body, headers, form) => {
    expect(read(status, body, { ...headers }).said.form).toBe(form);
  });

  it('distinguishes what answers before a service from the service', () => {
    const gateway = read(401, '<html><body><h1>401 Unauthorized</h1>\n', html).said.layer;
    const service = read(403, { detail: 'no' }, { date: 'now', server: 'uvicorn' }).said.layer;
    expect(gateway).toBe('page of HAProxy');
    expect(service).toBe('server: uvicorn; date');
    expect(
      read(401, '', { server: 'uvicorn', date: 'now', 'x-error': 'a', 'www-authenticate': 'Bearer' }).said
        .layer,
    ).toBe(service);
  });

  it('versions of servers are left out', () => {
    const layer = (server: string) => read(401, '', { server }).said.layer;
    expect(layer('nginx/1.25.3')).toBe(layer('nginx/1.24.0'));
    expect(layer('nginx')).not.toBe(layer('openresty'));
  });

  it('a target is reported without its query', () => {
    expect(read(302, '', { location: 'https://sso.example/login?state=abc#x' }).said.location).toBe(
      'https://sso.example/login',
    );
  });
});

describe('the words of a WebSocket', () => {
  it.each<[string, string[], string, string[]]>([
    ['plain JSON', ['{"type":"error","message":"jwt expired"}'], '', ['jwt expired', 'error']],
    ['Socket.IO', ['0{"sid":"abc"}', '40', '44{"message":"wrong iss"}'], '', ['wrong iss']],
    ['Socket.IO, a namespace', ['44/admin,{"message":"wrong iss"}'], '', ['wrong iss']],
    [
      'Socket.IO, an event',
      ['42["unauthorized",{"message":"jwt expired"}]'],
      '',
      ['unauthorized', 'jwt expired'],
    ],
    ['SockJS', ['o', 'a["{\\"error\\":\\"wrong aud\\"}"]', 'h'], '', ['wrong aud']],
    ['SignalR', ['{}\u001e{"type":7,"error":"jwt expired"}\u001e'], '', ['jwt expired']],
    ['STOMP', ['ERROR\nmessage:wrong iss\ncontent-length:3\n\nBad\u0000'], '', ['wrong iss', 'Bad']],
    [
      'WAMP',
      ['[3,{"message":"wrong ticket"},"wamp.error.not_authorized"]'],
      '',
      ['wrong ticket', 'wamp.error.not_authorized'],
    ],
    [
      'Phoenix',
      ['["1","1","room:a","phx_reply",{"status":"error","response":{"reason":"jwt expired"}}]'],
      '',
      ['error', 'jwt expired'],
    ],
    ['DDP', ['{"msg":"result","error":{"error":403,"reason":"jwt expired"}}'], '', ['jwt expired', 'result']],
    ['text', ['jwt expired'], '', ['jwt expired']],
    ['a close reason', [], 'invalid signature', ['invalid signature']],
    ['a close reason in JSON', [], '{"code":"E","message":"jwt expired"}', ['E', 'jwt expired']],
    ['only pings', ['{"type":"ping","message":1}', '2', 'ping'], '', []],
  ])('%s', (_, messages, reason, words) => {
    expect([...readMessages(messages, reason, null).said.words].sort()).toEqual([...words].sort());
  });

  it('of silence there are none', () => {
    expect(readMessages([], '', token).said).toEqual({
      words: [],
      form: 'none',
      members: {},
      layer: null,
      location: null,
    });
  });

  it('without the token', () => {
    expect(readMessages([`{"error":"bad ${text}"}`], '', token).said.words).toEqual(['bad [token]']);
  });
});

describe('challengesOf', () => {
  it('several in one field, and whatever else', () => {
    const [one, two, ...more] = challengesOf(
      'Basic realm="a, b=\\"c\\"", charset=UTF-8, Bearer error = invalid_token',
    );
    expect([one?.scheme, one?.parameters.get('realm'), one?.parameters.get('charset')]).toEqual([
      'Basic',
      'a, b="c"',
      'UTF-8',
    ]);
    expect([two?.scheme, two?.parameters.get('error')]).toEqual(['Bearer', 'invalid_token']);
    expect(more).toEqual([]);
  });
});

describe('hostile answers', () => {
  const cap = 65_536;
  const alphabet = [
    '<',
    '>',
    '<pre>',
    '<script>',
    '&',
    '&#',
    '"',
    '{',
    '[',
    ']',
    '{"error":',
    '"',
    ',',
    '\n',
    'a',
    '=',
    '\\',
    ' ',
    '\u001e',
    '\0',
    'eyJ',
    '.',
    '<!--',
    'ERROR\n',
  ];
  const pattern = fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 40 });
  const ofSize = (parts: readonly string[], size: number): string =>
    parts.join('').repeat(size).slice(0, size);

  it('of any text are read, in time that grows with their length', () => {
    const readAll = (body: string, status = 401, type = 'text/html') => {
      const headers = { 'content-type': type, 'www-authenticate': body.slice(0, 8192) };
      const { said } = read(status, body, headers);
      readMessages([body], body.slice(0, 120), token);
      return said;
    };
    const slow: { spent: number; parts: readonly string[] }[] = [];
    fc.assert(
      fc.property(
        pattern,
        fc.constantFrom(200, 401),
        fc.constantFrom('text/html', 'text/plain'),
        (parts, status, type) => {
          const before = process.cpuUsage().user;
          const said = readAll(ofSize(parts, cap), status, type);
          slow.push({ spent: process.cpuUsage().user - before, parts });
          expect(said.words.length).toBeLessThanOrEqual(32);
          expect(Object.keys(said.members).length).toBeLessThanOrEqual(64);
        },
      ),
      { numRuns: runs(60) },
    );
    slow.sort((a, b) => b.spent - a.spent);
    for (const { parts } of slow.slice(0, 2)) expectLinear(cap / 2, (size) => ofSize(parts, size), readAll);
  });
});
