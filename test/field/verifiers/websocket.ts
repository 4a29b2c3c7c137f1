import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { Server as SocketServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { listening, type StartVerifier, type VerifierSettings } from './verifier.js';

// One copy of graphql for both: as CommonJS, which graphql-ws then loads too.
const require = createRequire(import.meta.url);
const { buildSchema }: typeof import('graphql') = require('graphql');
const { useServer }: typeof import('graphql-ws/use/ws') = require('graphql-ws/use/ws');

const verify = (token: string, { key, algorithm, issuer, audience }: VerifierSettings) =>
  jwtVerify(token, Buffer.from(key), { algorithms: [algorithm], issuer, audience });

/** ws: the token in the Authorization header of the handshake, 401 before it is upgraded. */
export const wsHandshake: StartVerifier = (settings) => {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    verify(token, settings).then(
      () => sockets.handleUpgrade(request, socket, head, (ws) => ws.send('{"type":"welcome"}')),
      () => socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
    );
  });
  return listening(server, () => {
    for (const client of sockets.clients) client.terminate();
  });
};

/** ws: opens every socket, reads the token from the first message, and closes with 4401. */
export const wsFirstMessage: StartVerifier = (settings) => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.once('message', (data) => {
      const { token = '' } = JSON.parse(String(data));
      verify(String(token), settings).then(
        () => socket.send('{"type":"authenticated"}'),
        () => socket.close(4401, 'invalid token'),
      );
    });
  });
  return listening(server, () => {
    for (const client of sockets.clients) client.terminate();
  });
};

/** graphql-ws: the token in connection_init, 4403 where it is refused. */
export const graphqlWs: StartVerifier = (settings) => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer(
    {
      schema: buildSchema('type Query { ok: Boolean }'),
      onConnect: ({ connectionParams }) =>
        verify(String(connectionParams?.authorization ?? '').replace(/^Bearer /, ''), settings).then(
          () => true,
          () => false,
        ),
    },
    sockets,
  );
  return listening(server, () => {
    for (const client of sockets.clients) client.terminate();
  });
};

/** Socket.IO: the token in the payload of CONNECT (`auth`), refused by a middleware. */
export const socketIo: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const server = createServer();
  const io = new SocketServer(server);
  io.use((socket, next) => {
    try {
      jsonwebtoken.verify(String(socket.handshake.auth.token ?? ''), key, {
        algorithms: [algorithm],
        issuer,
        audience,
      });
      next();
    } catch (error) {
      next(error instanceof Error ? error : new Error('unauthorized'));
    }
  });
  return listening(server, () => io.close());
};
