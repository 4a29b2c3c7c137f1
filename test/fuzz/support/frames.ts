import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { parts } from './scripts.js';
import { bytesOf, type Part, type Repeatable } from './wire.js';

/** Frames of a WebSocket (RFC 6455 §5.2), right ones and what no server may send. */
export interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  /** The three reserved bits; 4 says that it is compressed. */
  readonly reserved: number;
  readonly masked: boolean;
  /** How its length is written; `lie` claims more than there is. */
  readonly length: 'short' | '16' | '64' | 'lie' | 'huge';
  /** For a close frame, before its reason; `null`: none. */
  readonly code: number | null;
  readonly payload: Part;
}

/** What a server does once the connection is a socket. */
export interface Speech {
  readonly handshake: 'right' | 'wrong accept' | 'no upgrade' | 'refused';
  /** Agrees to compression where the client offers it. */
  readonly deflates: boolean;
  readonly frames: readonly Frame[];
  readonly end: 'stay' | 'end' | 'reset';
}

export function frameBytes(frame: Frame, from: Repeatable): Buffer {
  const { code, reserved } = frame;
  const text = bytesOf(frame.payload, from);
  const plain =
    code === null ? text : Buffer.concat([Buffer.from([code >> 8, code & 0xff]), text.subarray(0, 123)]);
  // A message ends without the four bytes of an empty block (RFC 7692 §7.2.1).
  const payload =
    (reserved & 4) !== 0 && code === null ? deflateRawSync(plain, { finishFlush: 2 }).subarray(0, -4) : plain;
  const mask = frame.masked ? 0x80 : 0;
  const first = (frame.fin ? 0x80 : 0) | (reserved << 4) | frame.opcode;
  const claimed = frame.length === 'lie' ? payload.length + 1000 : payload.length;
  const head =
    frame.length === 'huge'
      ? Buffer.from([first, mask | 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
      : frame.length === '64' || claimed > 0xffff
        ? Buffer.from([first, mask | 127, ...eightBytes(claimed)])
        : frame.length === '16' || claimed > 125
          ? Buffer.from([first, mask | 126, claimed >> 8, claimed & 0xff])
          : Buffer.from([first, mask | claimed]);
  const key = frame.masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  const body = frame.masked ? payload.map((byte, at) => byte ^ ((at % 4) + 1)) : payload;
  return Buffer.concat([head, key, body]);
}

function eightBytes(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** The server's half of the handshake (RFC 6455 §4.2.2). */
export function handshakeBytes(speech: Speech, requestHead: string): string {
  const field = (name: string): string =>
    new RegExp(`^${name}: *(.*)$`, 'im').exec(requestHead)?.[1]?.trim() ?? '';
  if (speech.handshake === 'refused') return 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n';
  const guid = speech.handshake === 'wrong accept' ? 'x' : '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = createHash('sha1')
    .update(field('sec-websocket-key') + guid)
    .digest('base64');
  const protocol = field('sec-websocket-protocol').split(',')[0] ?? '';
  return [
    'HTTP/1.1 101 Switching Protocols',
    ...(speech.handshake === 'no upgrade' ? [] : ['upgrade: websocket', 'connection: Upgrade']),
    `sec-websocket-accept: ${accept}`,
    ...(protocol === '' ? [] : [`sec-websocket-protocol: ${protocol}`]),
    ...(speech.deflates && /permessage-deflate/.test(requestHead)
      ? ['sec-websocket-extensions: permessage-deflate']
      : []),
    '\r\n',
  ].join('\r\n');
}

/** The text of the first frame that a client sent, if it is there whole. */
export function clientText(bytes: Buffer): string | null {
  const length = (bytes[1] ?? 0) & 0x7f;
  const at = length === 126 ? 4 : 2;
  const size = length === 126 && bytes.length >= 4 ? bytes.readUInt16BE(2) : length;
  if (length === 127 || bytes.length < at + 4 + size) return null;
  const mask = bytes.subarray(at, at + 4);
  return Buffer.from(
    bytes.subarray(at + 4, at + 4 + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
  ).toString();
}

/** Unfolds to far more than is ever read. */
const bomb: Frame = {
  opcode: 1,
  fin: true,
  reserved: 4,
  masked: false,
  length: 'short',
  code: null,
  payload: { is: 'repeat', unit: 'a', times: 20_000_000 },
};

const plain = { fin: true, reserved: 0, masked: false, length: 'short', code: null } as const;

const messages = parts.map((payload): Frame => ({ ...plain, opcode: 1, payload }));
const compressed = parts.map((payload): Frame => ({ ...plain, opcode: 1, reserved: 4, payload }));

const closes = fc
  .record({
    code: fc.option(
      fc.constantFrom(1000, 1001, 1005, 1006, 1008, 1011, 4001, 4401, 3000, 4999, 0, 999, 65_535),
      { freq: 6 },
    ),
    payload: parts,
  })
  .map(({ code, payload }): Frame => ({ ...plain, opcode: 8, code, payload }));

const any: fc.Arbitrary<Frame> = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 8, 9, 10, 3, 11, 15),
  fin: fc.boolean(),
  reserved: fc.constantFrom(0, 0, 0, 4, 1, 7),
  masked: fc.constantFrom(false, false, true),
  length: fc.constantFrom('short', 'short', '16', '64', 'lie', 'huge'),
  code: fc.constant(null),
  payload: parts,
});

export const speeches: fc.Arbitrary<Speech> = fc.record({
  handshake: fc.oneof(
    { weight: 12, arbitrary: fc.constant('right' as const) },
    fc.constantFrom('wrong accept', 'no upgrade', 'refused'),
  ),
  deflates: fc.boolean(),
  frames: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: messages },
      { weight: 3, arbitrary: closes },
      { weight: 2, arbitrary: compressed },
      { weight: 4, arbitrary: any },
      fc.constant(bomb),
    ),
    { maxLength: 4 },
  ),
  end: fc.constantFrom('stay', 'stay', 'end', 'reset'),
});

/** What accepts a token, in the words of the configuration or by staying open, and what else may be said. */
export const acceptances = (welcome: string): fc.Arbitrary<Speech> =>
  fc.array(messages, { maxLength: 2 }).map((frames) => ({
    handshake: 'right',
    deflates: false,
    frames: [...frames, { ...plain, opcode: 1, payload: { is: 'text', text: welcome } }],
    end: 'stay',
  }));

/** What rejects a token: it closes, with a reason. */
export const rejections: fc.Arbitrary<Speech> = fc
  .tuple(fc.array(messages, { maxLength: 1 }), fc.constantFrom(1008, 4401), parts)
  .map(([frames, code, payload]) => ({
    handshake: 'right',
    deflates: false,
    frames: [...frames, { ...plain, opcode: 8, code, payload }],
    end: 'end',
  }));
