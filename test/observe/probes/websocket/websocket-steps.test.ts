import { afterEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { websocket } from '../../../../src/observe/probes/websocket/websocket.js';
import { Secret } from '../../../../src/secret/secret.js';
import { type RunningWebSocketServer, startWebSocketServer } from '../../../support/websocket-server.js';
import { worldOf } from '../world.js';

const text = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
const token = new Secret(text);

type Say = (message: string) => void;

let server: RunningWebSocketServer | null = null;
const context = worldOf();

afterEach(async () => {
  await server?.close();
  server = null;
});

/** A server that answers each message, and may speak first. */
async function serving(
  answer: (message: string, say: Say, socket: WebSocket) => void,
  hello?: string,
): Promise<string> {
  server = await startWebSocketServer({
    connected(socket) {
      if (hello !== undefined) socket.send(hello);
      socket.on('message', (data) => answer(String(data), (message) => socket.send(message), socket));
    },
  });
  return server.url;
}

const attempt = (url: string, probe: object, presented: Secret | null = token) =>
  websocket.attempt(
    websocket.schema.parse({ kind: 'websocket', url, via: 'message', settle: '5s', ...probe }),
    presented,
    context,
  );

describe('messages', () => {
  it.each<[string, hello: string | undefined, answer: (message: string) => string | null, probe: object]>([
    [
      "Meteor's DDP",
      undefined,
      (m) =>
        m.includes('"connect"')
          ? '{"msg":"connected"}'
          : m.includes(text)
            ? '{"msg":"result"}'
            : '{"msg":"error"}',
      {
        messages: [
          { msg: 'connect', version: '1', support: ['1'] },
          { expect: { json: { '/msg': 'connected' } } },
          { msg: 'method', method: 'login', params: [{ resume: '{{token}}' }], id: '1' },
        ],
        accepted: { message: { json: { '/msg': 'result' } } },
        rejected: { message: { json: { '/msg': 'error' } } },
      },
    ],
    [
      'WAMP with a ticket',
      undefined,
      (m) =>
        m.startsWith('[1,')
          ? '[4,"ticket",{}]'
          : m.includes(text)
            ? '[2,7,{}]'
            : '[3,{},"wamp.error.denied"]',
      {
        messages: [
          [1, 'realm1', { authmethods: ['ticket'] }],
          { expect: { json: { '/0': 4 } } },
          [5, '{{token}}', {}],
        ],
        accepted: { message: { json: { '/0': 2 } } },
        rejected: { message: { json: { '/0': 3 } } },
      },
    ],
    [
      'SignalR',
      undefined,
      (m) => (m.includes('protocol') ? '{}\u001e' : `{"type":3,"result":${m.includes(text)}}\u001e`),
      {
        messages: [
          '{"protocol":"json","version":1}\u001e',
          { expect: '{}' },
          '{"type":1,"invocationId":"1","target":"Authenticate","arguments":["{{token}}"]}\u001e',
        ],
        accepted: { message: { json: { '/type': 3, '/result': true } } },
        rejected: { message: { json: { '/type': 3, '/result': false } } },
      },
    ],
    [
      'a namespace of Socket.IO',
      '0{"sid":"a"}',
      (m) => (m.includes(text) ? '40/admin,{"sid":"b"}' : '44/admin,{"message":"invalid signature"}'),
      {
        messages: [{ expect: '0{' }, '40/admin,{"token":"{{token}}"}'],
        accepted: { message: { includes: '40/admin' } },
        rejected: { message: { includes: '44/admin' } },
      },
    ],
    [
      'graphql-ws',
      undefined,
      (m) => (m.includes(text) ? '{"type":"connection_ack"}' : '{"type":"error"}'),
      {
        messages: [{ type: 'connection_init', payload: { authorization: 'Bearer {{token}}' } }],
        accepted: { message: { json: { '/type': 'connection_ack' } } },
        rejected: { message: { json: { '/type': 'error' } } },
      },
    ],
    [
      'a channel of Phoenix',
      undefined,
      (m) => `["1","1","room:a","phx_reply",{"status":"${m.includes(text) ? 'ok' : 'error'}"}]`,
      {
        messages: [['1', '1', 'room:a', 'phx_join', { token: '{{token}}' }]],
        accepted: { message: { json: { '/4/status': 'ok' } } },
        rejected: { message: { json: { '/4/status': 'error' } } },
      },
    ],
  ])('%s', async (_, hello, answer, probe) => {
    const url = await serving((message, say) => {
      const answered = answer(message);
      if (answered !== null) say(answered);
    }, hello);
    expect((await attempt(url, probe)).result).toBe('accepted');
    expect((await attempt(url, probe, null)).result).toBe('rejected');
    expect((await attempt(url, probe, new Secret('another.token.here'))).result).toBe('rejected');
  });

  it('nothing accepts before all was said', async () => {
    const url = await serving((message, say) => say(message === 'first' ? 'ok' : 'no'));
    const probe = {
      messages: ['first', { expect: 'ok' }, '{{token}}'],
      accepted: { message: { includes: 'ok' } },
      rejected: { message: { includes: 'no' } },
    };
    expect((await attempt(url, probe)).result).toBe('rejected');
  });

  it('a rejection counts at any time', async () => {
    const url = await serving((_, say) => say('{"error":"invalid signature"}'));
    const probe = {
      messages: ['{{token}}', { expect: 'never' }],
      rejected: { message: { includes: 'error' } },
    };
    expect(await attempt(url, probe)).toMatchObject({
      result: 'rejected',
      detail: 'rejecting message: invalid signature',
    });
  });

  it('the last one that is waited for may be the accepting one', async () => {
    const url = await serving((_, say) => say('welcome'));
    const probe = {
      messages: ['{{token}}', { expect: 'welcome' }],
      accepted: { message: { includes: 'welcome' } },
    };
    expect((await attempt(url, probe)).result).toBe('accepted');
  });

  it('one that came early is taken when it is waited for', async () => {
    const url = await serving((_, say) => {
      say('second');
      say('first');
    });
    const probe = { messages: ['{{token}}', { expect: 'first' }, { expect: 'second' }], settle: '50ms' };
    expect(await attempt(url, probe)).toMatchObject({
      result: 'accepted',
      detail: expect.stringMatching(/^still open/),
    });
  });

  it('where one does not come, says which, and what came instead', async () => {
    const url = await serving((_, say) => say('{"message":"please wait"}'));
    const probe = { messages: ['{{token}}', { expect: 'ready' }], timeout: '150ms' };
    expect(await attempt(url, probe)).toMatchObject({
      result: 'inconclusive',
      status: 101,
      reason: 'timeout',
      detail: 'open, but messages[1] did not arrive within 150ms: please wait',
    });
  });

  it('a close in between is judged by its code', async () => {
    const url = await serving((_, __, socket) => socket.close(4401, 'jwt expired'));
    const probe = { messages: ['{{token}}', { expect: 'ready' }] };
    expect(await attempt(url, probe)).toMatchObject({
      result: 'rejected',
      closeCode: 4401,
      said: { words: ['jwt expired'] },
    });
  });

  it('a close with 1000 says in words what it means, and stays inconclusive', async () => {
    const url = await serving((_, __, socket) => socket.close(1000, 'invalid signature'));
    expect(await attempt(url, {})).toMatchObject({
      result: 'inconclusive',
      closeCode: 1000,
      said: { words: ['invalid signature'] },
    });
  });
});

describe('a configuration of messages', () => {
  const problems = (probe: object): string[] => {
    const parsed = websocket.schema.safeParse({ kind: 'websocket', url: 'wss://a.example', ...probe });
    return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
  };

  it('has one message or several', () => {
    expect(problems({ message: 'a', messages: ['b'] })).toEqual(['expected either `message` or `messages`']);
  });

  it('waits with `expect` alone', () => {
    expect(problems({ messages: [{ expect: 'a', or: 'b' }] })).toHaveLength(1);
    expect(problems({ messages: [{ expect: { jsno: {} } }] })).toHaveLength(1);
    expect(problems({ messages: [{ expect: { json: { '/a': 1 } } }, { other: 'b' }, 'c'] })).toEqual([]);
  });
});
