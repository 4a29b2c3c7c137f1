import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'vitest';
import { expectUnreadable } from './readable.js';

/** The encodings of a secret: plain, for URLs, in JSON, in base64, base64url and hex. */
export function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const json = JSON.stringify(secret).slice(1, -1);
  const aligned = [0, 1, 2].flatMap((shift) => {
    // Inside other base64, such as Basic credentials: the part that does not depend on the neighbours.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = encoded.slice(shift === 0 ? 0 : shift + 1, -2);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    ...new Set([
      secret,
      secret.trim(),
      json,
      JSON.stringify(json).slice(1, -1),
      encodeURIComponent(secret),
      encodeURI(secret),
      hex,
      hex.toUpperCase(),
      ...aligned,
    ]),
  ];
}

/**
 * Fails if any of the texts contains any of the secrets in any encoding, or the beginning of a JWT.
 * @param readable texts from which no part may be readable either, not even eight characters
 */
export function expectNoLeak(
  texts: Readonly<Record<string, string>>,
  secrets: Iterable<string>,
  readable: Iterable<string> = [],
): void {
  expectUnreadable(texts, readable);
  const searched = [...new Set(secrets)].filter((secret) => secret.length >= 6).flatMap(spellings);
  for (const [where, text] of Object.entries(texts)) {
    const found = searched.filter((spelling) => text.includes(spelling));
    expect(found, `${where}:\n${found.length === 0 ? '' : text}`).toEqual([]);
    expect(text, where).not.toMatch(/eyJ|ZXlK/);
  }
}

/** A relay in front of a server, which records every byte that passes. */
export interface Relay {
  readonly port: number;
  /** Every token that was seen, in either direction, and its signature. */
  tokens(): string[];
  close(): Promise<void>;
}

/** Starts a relay to a port of 127.0.0.1. */
export async function startRelay(target: number): Promise<Relay> {
  const seen: Buffer[] = [];
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(one);
      one.on('data', (bytes: Buffer) => seen.push(bytes));
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    port: address.port,
    tokens: () => tokensIn(Buffer.concat(seen).toString('latin1')),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Tokens in the sent bytes, also in a subprotocol as `jwt.` and base64url; as a whole, and their payloads and
 * signatures.
 */
export function tokensIn(text: string): string[] {
  const encoded = [...text.matchAll(/jwt\.([\w-]+)/g)].map(([, part = '']) =>
    Buffer.from(part, 'base64url').toString('latin1'),
  );
  return [text, ...encoded].flatMap((one) =>
    [...one.matchAll(/eyJ[\w-]+\.([\w-]+)\.([\w-]*)/g)].flatMap(([token, payload = '', signature = '']) => [
      token,
      payload,
      signature,
    ]),
  );
}
