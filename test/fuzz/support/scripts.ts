import fc from 'fast-check';
import { hostileTexts } from '../../support/hostile.js';
import { spellings } from './spellings.js';
import type { Part, Script } from './wire.js';

/** Answers at random: most of them are HTTP, and some are almost in order. */

const encoding = fc.constantFrom(...Object.keys(spellings));

/** Two layers at most: as much as is promised. */
const reflected: fc.Arbitrary<Part> = fc.record({
  is: fc.constant('reflect' as const),
  what: fc.constantFrom('token', 'token', 'secret', 'variable', 'head', 'body'),
  as: fc.array(encoding, { maxLength: 2 }),
});

const text = (texts: fc.Arbitrary<string>): fc.Arbitrary<Part> =>
  texts.map((one): Part => ({ is: 'text', text: one }));

const hostile = text(fc.constantFrom(...hostileTexts));

const words = text(
  fc.constantFrom(
    'invalid signature',
    'The token is expired',
    'jwt audience invalid. expected: x',
    'unauthorized',
    'kid not found',
    '<!doctype html><title>Sign in</title>',
    '1',
    'null',
    'true',
    '{}',
    '[]',
  ),
);

const repeated: fc.Arbitrary<Part> = fc.record({
  is: fc.constant('repeat' as const),
  unit: fc.constantFrom(
    '[',
    '{"a":',
    'a',
    '\u0000',
    '\u001b[31m',
    '{"error":[',
    '<b>',
    '&amp;',
    '%25',
    '\\u0061',
    'eyJ',
    '..',
    '\n',
    '"',
    '\u{1f600}',
    '-',
    '=',
    ' ',
  ),
  times: fc.constantFrom(10, 200, 5000, 70_000),
});

const binary: fc.Arbitrary<Part> = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes): Part => ({ is: 'bytes', base64: Buffer.from(bytes).toString('base64') }));

const fingerprint: fc.Arbitrary<Part> = fc.record({
  is: fc.constant('reflect' as const),
  what: fc.constant('fingerprint' as const),
  as: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(encoding, { maxLength: 1 })),
});

const value = fc.oneof(
  { weight: 4, arbitrary: reflected },
  { weight: 2, arbitrary: hostile },
  { weight: 2, arbitrary: words },
  { weight: 1, arbitrary: text(fc.string({ maxLength: 40 })) },
  { weight: 1, arbitrary: fc.constant<Part>({ is: 'repeat', unit: 'a', times: 3000 }) },
);

const memberNames = fc.constantFrom(
  ...['error', 'error_description', 'message', 'detail', 'title', 'code', 'reason', 'msg', 'errors', 'valid'],
  ...[
    'instance',
    'version',
    'service',
    'accepts',
    'proof',
    'proofs',
    'algorithm',
    'access_token',
    'type',
    '__proto__',
  ],
);

/** A JSON object, mostly of what services say. */
const object: fc.Arbitrary<Part> = fc
  .tuple(
    fc.option(fingerprint, { freq: 3 }),
    fc.array(fc.tuple(fc.oneof({ weight: 9, arbitrary: memberNames }, fc.string({ maxLength: 12 })), value), {
      maxLength: 4,
    }),
  )
  .map(
    ([shown, members]): Part => ({
      is: 'object',
      members: shown === null ? members : [['fingerprint', shown], ...members],
    }),
  );

/** Whatever a service may say. */
export const parts: fc.Arbitrary<Part> = fc.oneof(
  { weight: 8, arbitrary: object },
  { weight: 2, arbitrary: value },
  { weight: 1, arbitrary: repeated },
  { weight: 1, arbitrary: binary },
);

const statuses = fc
  .oneof(
    { weight: 10, arbitrary: fc.constantFrom(200, 200, 200, 401, 401, 403, 400, 500) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        101,
        103,
        201,
        204,
        206,
        301,
        302,
        304,
        307,
        404,
        408,
        415,
        422,
        429,
        502,
        503,
        504,
        599,
      ),
    },
  )
  .map((code) => `HTTP/1.1 ${code} Whatever`);

const oddStatuses = fc.constantFrom(
  'HTTP/1.1 200',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 99 Less',
  'HTTP/1.1 1000 More',
  'HTTP/1.1 000 None',
  'HTTP/1.1  200 OK',
  'HTTP/2 200',
  'HTTP/9.9 200 OK',
  'ICY 200 OK',
  'SSH-2.0-OpenSSH_9.2',
  '::error::pwned',
  '',
  'HTTP/1.1 200 \u001b[2J',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK',
  'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 401 Unauthorized',
);

const headerNames = fc.constantFrom(
  ...[
    'location',
    'www-authenticate',
    'retry-after',
    'content-type',
    'content-encoding',
    'date',
    'server',
    'via',
  ],
  ...['set-cookie', 'x-error', 'x-request-id', 'cf-ray', 'upgrade', 'sec-websocket-accept', 'trailer'],
);

/** On one line: what else would be another header is for odd answers. */
const oneLine = value.map(
  (part): Part => (part.is === 'text' ? { ...part, text: part.text.replace(/[\r\n]/g, ' ') } : part),
);

const headers = (values: fc.Arbitrary<Part>) =>
  fc.array(
    fc.tuple(
      headerNames,
      fc.oneof(
        { weight: 3, arbitrary: values },
        text(
          fc.constantFrom(
            'Bearer realm="x", error="invalid_token", error_description="expired"',
            'application/json',
            'text/html; charset=utf-16le',
            'gzip',
            'br, gzip, deflate',
            'http://127.0.0.1:1/?::error::x',
            '//evil.example/{{token}}',
            '999999999999',
            'Fri, 31 Dec 9999 23:59:59 GMT',
            'Thu, 01 Jan 1970 00:00:00 GMT',
          ),
        ),
      ),
    ),
    { maxLength: 3 },
  );

/** Answers that HTTP allows. */
const formed: fc.Arbitrary<Script> = fc.record({
  status: statuses,
  headers: headers(oneLine),
  body: parts,
  framing: fc.constantFrom('length', 'length', 'chunked', 'close'),
  end: fc.constantFrom('close', 'close', 'close', 'keep', 'slow'),
});

const odd: fc.Arbitrary<Script> = fc.record({
  status: fc.oneof(statuses, oddStatuses),
  headers: headers(value),
  body: parts,
  framing: fc.constantFrom('length', 'chunked', 'close', 'short', 'long', 'bad chunk', 'none'),
  end: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('close', 'cut', 'reset') },
    fc.constant('hang' as const),
  ),
});

const withStatus = (code: number, members: fc.Arbitrary<Part>): fc.Arbitrary<Script> =>
  fc.tuple(members, headers(oneLine)).map(([content, more]) => ({
    status: `HTTP/1.1 ${code} Whatever`,
    headers: more.filter(([name]) => !/^(?:content-encoding|upgrade)$/.test(name)),
    body: content,
    framing: 'length',
    end: 'close',
  }));

/** The fingerprint, and beside it whatever else a service may say. */
export const rightFingerprints: fc.Arbitrary<Script> = withStatus(
  200,
  object.map((part): Part => {
    const others =
      part.is === 'object'
        ? part.members.filter(([name]) => !/^(?:fingerprint|accepts|proofs?)$/.test(name))
        : [];
    return {
      is: 'object',
      members: [['fingerprint', { is: 'reflect', what: 'fingerprint', as: [] }], ...others],
    };
  }),
);

/** What accepts a token, and what rejects one. */
export const acceptances = withStatus(200, object);
export const rejections = withStatus(401, object);

/** Any answer; most of them are HTTP, so that what is said in them is read. */
export const scripts: fc.Arbitrary<Script> = fc.oneof(
  { weight: 5, arbitrary: formed },
  { weight: 2, arbitrary: odd },
);
