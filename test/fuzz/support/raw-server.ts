import type { Socket } from 'node:net';
import { startTcpServer, type TestServer } from '../../support/http-server.js';
import { answerOf, type Repeatable, type Script } from './wire.js';

/** A request as it came in. */
export interface Asked {
  readonly head: string;
  readonly body: string;
  readonly path: string;
  /** What looks like a token, wherever it stands; empty without one. */
  readonly token: string;
}

/** Reads requests from bare connections, and answers each by a script; `null` closes the connection. */
export function startRawServer(
  answer: (asked: Asked) => Promise<{ script: Script; from: Repeatable } | null>,
): Promise<TestServer> {
  return startTcpServer((socket) => {
    let received = Buffer.alloc(0);
    let busy = false;
    const serve = async (): Promise<void> => {
      const asked = requestIn(received);
      if (asked === null || busy) return;
      busy = true;
      received = received.subarray(asked.size);
      const given = await answer(asked);
      if (given === null) return void socket.destroy();
      await send(socket, given.script, given.from);
      busy = false;
      if (!socket.destroyed) await serve();
    };
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      void serve();
    });
  });
}

export function requestIn(bytes: Buffer): (Asked & { size: number }) | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = bytes.subarray(0, end).toString('latin1');
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const size = end + 4 + length;
  if (bytes.length < size) return null;
  const body = bytes.subarray(end + 4, size).toString('utf8');
  const path = /^\S+ (\S+)/.exec(head)?.[1] ?? '/';
  const token = /eyJ[\w-]+\.[\w-]+\.[\w-]*/.exec(`${head}\n${body}`)?.[0] ?? '';
  return { head, body, path, token, size };
}

async function send(socket: Socket, script: Script, from: Repeatable): Promise<void> {
  const bytes = answerOf(script, from);
  const { end } = script;
  if (end === 'slow') {
    const half = Math.floor(bytes.length / 2);
    socket.write(bytes.subarray(0, half));
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.end(bytes.subarray(half));
  } else if (end === 'cut') socket.end(bytes.subarray(0, Math.floor((bytes.length * 2) / 3)));
  else if (end === 'reset') socket.write(bytes, () => socket.resetAndDestroy());
  else if (end === 'close') socket.end(bytes);
  else socket.write(bytes);
}
