import { spellings } from './spellings.js';

/** Answers as bytes on a connection, right ones and what no HTTP server would send. */

/** What an answer can repeat. */
export interface Repeatable {
  /** The token that was sent; empty where none was. */
  readonly token: string;
  /** The head of the request. */
  readonly head: string;
  readonly body: string;
  /** The secret of everybody. */
  readonly secret: string;
  /** What a variable of the configuration holds. */
  readonly variable: string;
  /** The fingerprint of the secret. */
  readonly fingerprint: string;
}

export type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'repeat'; readonly unit: string; readonly times: number }
  | { readonly is: 'bytes'; readonly base64: string }
  | { readonly is: 'reflect'; readonly what: keyof Repeatable; readonly as: readonly string[] }
  | { readonly is: 'object'; readonly members: readonly (readonly [string, Part])[] };

export interface Script {
  readonly status: string;
  readonly headers: readonly (readonly [string, Part])[];
  readonly body: Part;
  readonly framing: 'length' | 'chunked' | 'close' | 'short' | 'long' | 'bad chunk' | 'none';
  /** What becomes of the connection. */
  readonly end: 'close' | 'keep' | 'hang' | 'cut' | 'reset' | 'slow';
}

/** Without halves of characters, which some ways to write it do not take. */
const wellFormed = (text: string): string => Buffer.from(text).toString('utf8');

/** The bytes of a part. Latin-1 on the wire stays what it is. */
export function bytesOf(part: Part, from: Repeatable): Buffer {
  switch (part.is) {
    case 'text':
      return Buffer.from(part.text);
    case 'repeat':
      return Buffer.from(part.unit.repeat(part.times));
    case 'bytes':
      return Buffer.from(part.base64, 'base64');
    case 'reflect':
      return Buffer.from(
        part.as.reduce((text, name) => spellings[name]?.(wellFormed(text)) ?? text, from[part.what]),
      );
    case 'object': {
      const members = part.members.map(([name, value]): [string, string] => [
        name,
        bytesOf(value, from).toString('utf8'),
      ]);
      return Buffer.from(JSON.stringify(Object.fromEntries(members)));
    }
  }
}

/** The whole answer. Header values keep to one line where the script is a well-formed one. */
export function answerOf({ status, headers, body, framing, end }: Script, from: Repeatable): Buffer {
  const bytes = bytesOf(body, from);
  const lines = headers.map(([name, value]) => `${name}: ${bytesOf(value, from).toString('latin1')}`);
  const framed =
    framing === 'chunked' || framing === 'bad chunk' ? chunked(bytes, framing === 'bad chunk') : bytes;
  const size = { length: bytes.length, short: Math.floor(bytes.length / 2), long: bytes.length + 100 };
  if (framing === 'chunked' || framing === 'bad chunk') lines.push('transfer-encoding: chunked');
  else if (framing === 'length' || framing === 'short' || framing === 'long')
    lines.push(`content-length: ${size[framing]}`);
  if (end !== 'keep' && framing !== 'none') lines.push('connection: close');
  const head = Buffer.from(`${[status, ...lines].join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, framed]);
}

function chunked(bytes: Buffer, broken: boolean): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1000) {
    const piece = bytes.subarray(at, at + 1000);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(broken ? 'fffffffffffffffff\r\n' : '0\r\n\r\n')]);
}
