import { protos } from '@google-cloud/secret-manager';
import crc32c from 'crc-32/crc32c.js';
import fc from 'fast-check';
import { rpcCodes } from '../../../src/observe/sources/google/api-failure.js';
import { parts, scripts } from './scripts.js';
import { answerOf, bytesOf, type Part, type Repeatable, type Script } from './wire.js';

/** What an API in the place of Secret Manager answers, over REST and over gRPC. */

const v1 = protos.google.cloud.secretmanager.v1;

export interface Version {
  readonly is: 'version';
  /** What follows the name of the secret. */
  readonly name: string;
  readonly data: 'right' | 'other' | 'empty' | 'huge' | 'absent' | 'not base64';
  readonly crc: 'right' | 'wrong' | 'absent' | 'odd';
}

export interface Versions {
  readonly is: 'versions';
  readonly versions: readonly { readonly name: string; readonly state: number; readonly seconds: string }[];
  readonly nextPageToken: string;
}

export interface Failure {
  readonly is: 'failure';
  readonly code: number;
  readonly message: Part;
  readonly reason: string;
}

/** Whatever else comes: over REST the script, over gRPC its body as a message. */
export interface Raw {
  readonly is: 'raw';
  readonly script: Script;
}

export type ApiAnswer = Version | Versions | Failure | Raw;

/** What the right version holds, and what another one does. */
export interface Payloads {
  readonly right: string;
  readonly other: string;
}

export function dataOf({ data }: Version, { right, other }: Payloads): Buffer | null {
  if (data === 'absent' || data === 'not base64') return null;
  const texts = { right, other, empty: '', huge: right.repeat(4000) };
  return Buffer.from(texts[data]);
}

function crcOf({ crc }: Version, data: Buffer): string | null {
  if (crc === 'absent') return null;
  if (crc === 'odd') return '-9223372036854775808';
  return String((crc32c.buf(data) >>> 0) ^ (crc === 'wrong' ? 1 : 0));
}

/** HTTP statuses of google.rpc.Code, by number (google/rpc/code.proto). */
const https = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];

/** The bytes over REST. */
export function restBytes(answer: ApiAnswer, secret: string, from: Repeatable, payloads: Payloads): Buffer {
  if (answer.is === 'raw') return answerOf(answer.script, from);
  const [status, document] = restDocument(answer, secret, from, payloads);
  const body = Buffer.from(JSON.stringify(document));
  const head = `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function restDocument(
  answer: Exclude<ApiAnswer, Raw>,
  secret: string,
  from: Repeatable,
  payloads: Payloads,
): [number, unknown] {
  if (answer.is === 'failure') {
    const { code, reason } = answer;
    const message = bytesOf(answer.message, from).toString('utf8');
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: message }];
    return [https[code] ?? 500, { error: { code: https[code], message, status: rpcCodes[code], details } }];
  }
  if (answer.is === 'versions') {
    const { nextPageToken } = answer;
    const versions = answer.versions.map(({ name, state, seconds }) => ({
      name: `${secret}/versions/${name}`,
      state,
      createTime: timeOf(seconds),
    }));
    return [200, { versions, nextPageToken }];
  }
  const data = dataOf(answer, payloads);
  const dataCrc32c = crcOf(answer, data ?? Buffer.alloc(0));
  const text = answer.data === 'not base64' ? '"<ä>&%' : data?.toString('base64');
  const payload = {
    ...(text === undefined ? {} : { data: text }),
    ...(dataCrc32c === null ? {} : { dataCrc32c }),
  };
  return [200, { name: `${secret}/versions/${answer.name}`, payload }];
}

function timeOf(seconds: string): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? seconds : date.toISOString();
}

/** A message over gRPC, or a status. */
export type GrpcAnswer = { readonly message: Buffer } | { readonly code: number; readonly details: string };

export function grpcAnswer(
  answer: ApiAnswer,
  secret: string,
  from: Repeatable,
  payloads: Payloads,
): GrpcAnswer {
  if (answer.is === 'raw') return { message: bytesOf(answer.script.body, from) };
  if (answer.is === 'failure')
    return {
      code: answer.code === 0 ? 2 : answer.code,
      details: bytesOf(answer.message, from).toString('utf8'),
    };
  if (answer.is === 'versions') {
    const versions = answer.versions.map(({ name, state, seconds }) => ({
      name: `${secret}/versions/${name}`,
      state,
      createTime: { seconds: Number(seconds), nanos: 0 },
    }));
    const { nextPageToken } = answer;
    return {
      message: Buffer.from(v1.ListSecretVersionsResponse.encode({ versions, nextPageToken }).finish()),
    };
  }
  const data = dataOf(answer, payloads);
  const dataCrc32c = crcOf(answer, data ?? Buffer.alloc(0));
  const payload = {
    ...(data === null ? {} : { data }),
    ...(dataCrc32c === null ? {} : { dataCrc32c: Number(dataCrc32c) }),
  };
  const message = v1.AccessSecretVersionResponse.encode({
    name: `${secret}/versions/${answer.name}`,
    payload,
  });
  return { message: Buffer.from(message.finish()) };
}

const names = fc.constantFrom(
  '7',
  '7',
  '6',
  '1',
  '0',
  '-1',
  'latest',
  '',
  '9'.repeat(40),
  '9'.repeat(400),
  '7/versions/8',
  '\u001b[2J',
  '1e3',
);

const version: fc.Arbitrary<Version> = fc.record({
  is: fc.constant('version' as const),
  name: fc.oneof(fc.constant('7'), names),
  data: fc.constantFrom('right', 'right', 'right', 'other', 'empty', 'huge', 'absent', 'not base64'),
  crc: fc.constantFrom('right', 'right', 'absent', 'wrong', 'odd'),
});

const versions: fc.Arbitrary<Versions> = fc.record({
  is: fc.constant('versions' as const),
  versions: fc.array(
    fc.record({
      name: names,
      state: fc.constantFrom(1, 1, 0, 2, 3, 99),
      seconds: fc.constantFrom('1769860800', '0', '-1', '9007199254740991', '253402300800'),
    }),
    { maxLength: 6 },
  ),
  nextPageToken: fc.constantFrom('', '', 'again', '\u001b[2J', 'a&b=c'),
});

const failure: fc.Arbitrary<Failure> = fc.record({
  is: fc.constant('failure' as const),
  code: fc.nat({ max: 16 }),
  message: fc.oneof(
    parts,
    fc.constantFrom<Part>(
      { is: 'text', text: 'Secret Version [projects/1/secrets/jwt/versions/7] is in DISABLED state.' },
      {
        is: 'text',
        text: 'Secret Version [projects/1/secrets/jwt/versions/\u001b[2J] is in DESTROYED state.',
      },
      { is: 'text', text: '14 UNAVAILABLE: name resolution failed ECONNREFUSED ERR_TLS_CERT' },
    ),
  ),
  reason: fc.constantFrom('', 'IAM_PERMISSION_DENIED', 'SERVICE_DISABLED', '::error::x', 'constructor'),
});

const raw: fc.Arbitrary<Raw> = fc.record({ is: fc.constant('raw' as const), script: scripts });

const rightVersion: Version = { is: 'version', name: '7', data: 'right', crc: 'right' };

export const accessAnswers: fc.Arbitrary<ApiAnswer> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(rightVersion) },
  { weight: 5, arbitrary: version },
  { weight: 3, arbitrary: failure },
  { weight: 3, arbitrary: raw },
);

export const listAnswers: fc.Arbitrary<ApiAnswer> = fc.oneof(
  { weight: 4, arbitrary: versions },
  { weight: 1, arbitrary: failure },
  { weight: 2, arbitrary: raw },
);
