import { expect, it } from 'vitest';
import * as http from '../field/verifiers/http.js';
import { nest } from '../field/verifiers/nest.js';
import { blocks, testVerifiers } from '../field/verifiers/page.js';
import type { StartVerifier } from '../field/verifiers/verifier.js';
import * as websocket from '../field/verifiers/websocket.js';

/** By the name of the block in docs/probes.md that is used to probe it. */
const verifiers: Readonly<Record<string, StartVerifier>> = {
  'express-jsonwebtoken': http.expressJsonwebtoken,
  'express-jwt': http.expressJwt,
  'passport-jwt': http.passportJwt,
  'fastify-jwt': http.fastifyPlugin,
  'koa-jwt': http.koa,
  hono: http.hono,
  nestjs: nest,
  hapi: http.hapiPlugin,
  'graphql-http': http.graphqlHttp,
  'ws-handshake': websocket.wsHandshake,
  'ws-first-message': websocket.wsFirstMessage,
  'graphql-ws': websocket.graphqlWs,
  'socket-io': websocket.socketIo,
  cookie: http.cookie,
  query: http.query,
  'own-header': http.ownHeader,
  introspection: http.introspection,
};

testVerifiers(verifiers);

it('every block of the page that names a verifier is valid JSON, and every verifier has one', () => {
  for (const [name, text] of blocks) expect(() => JSON.parse(text ?? ''), name).not.toThrow();
  for (const name of Object.keys(verifiers)) expect(blocks.has(name), name).toBe(true);
});
