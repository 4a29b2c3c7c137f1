import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import fastifyJwt from '@fastify/jwt';
import hapi from '@hapi/hapi';
import hapiJwt from '@hapi/jwt';
import express from 'express';
import { expressjwt } from 'express-jwt';
import fastify from 'fastify';
import { Hono } from 'hono';
import { jwt as honoJwt } from 'hono/jwt';
import { jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import Koa from 'koa';
import koaJwt from 'koa-jwt';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { listening, type RunningVerifier, type StartVerifier } from './verifier.js';

// One copy of graphql for both: as CommonJS, which graphql-http loads.
const require = createRequire(import.meta.url);
const { buildSchema }: typeof import('graphql') = require('graphql');
const { createHandler }: typeof import('graphql-http/lib/use/http') = require('graphql-http/lib/use/http');

const bearer = (header: string | undefined): string => header?.replace(/^Bearer /, '') ?? '';

/** Express with jsonwebtoken: the middleware that many services write by hand. */
export const expressJsonwebtoken: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = express();
  app.get('/me', (request, response) => {
    try {
      const claims = jsonwebtoken.verify(bearer(request.headers.authorization), key, {
        algorithms: [algorithm],
        issuer,
        audience,
      });
      response.json(claims);
    } catch (error) {
      response.status(401).json({ message: error instanceof Error ? error.message : 'unauthorized' });
    }
  });
  return listening(createServer(app));
};

/** Express with express-jwt and the error page of Express. */
export const expressJwt: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = express();
  // The page with the stack, as on a developer's machine, and nothing on standard error.
  app.set('env', 'test');
  app.get(
    '/me',
    expressjwt({ secret: key, algorithms: [algorithm], issuer, audience }),
    (_request, response) => {
      response.json({ ok: true });
    },
  );
  return listening(createServer(app));
};

/** Passport answers 401 and the one word Unauthorized, whatever is wrong. */
export const passportJwt: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const strategy = new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: key,
      algorithms: [algorithm],
      issuer,
      audience,
    },
    (claims: unknown, done: (error: null, user: unknown) => void) => done(null, claims),
  );
  const own = new passport.Passport();
  own.use(strategy);
  const app = express();
  app.get('/me', own.authenticate('jwt', { session: false }), (_request, response) => {
    response.json({ ok: true });
  });
  return listening(createServer(app));
};

/** Fastify with @fastify/jwt. */
export const fastifyPlugin: StartVerifier = async ({ key, algorithm, issuer, audience }) => {
  const app = fastify();
  await app.register(fastifyJwt, {
    secret: key,
    verify: { algorithms: [algorithm], allowedIss: issuer, allowedAud: audience },
  });
  app.get('/me', { onRequest: (request) => request.jwtVerify() }, () => ({ ok: true }));
  await app.ready();
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { host: new URL(url).host, close: () => app.close() };
};

/** Koa with koa-jwt. */
export const koa: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = new Koa();
  app.silent = true;
  app.use(koaJwt({ secret: key, algorithms: [algorithm], issuer, audience }));
  app.use((context) => {
    context.body = { ok: true };
  });
  return listening(createServer(app.callback()));
};

/** Hono with its own middleware, on node:http. */
export const hono: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = new Hono();
  app.use('/me', honoJwt({ secret: key, alg: algorithm, verification: { iss: issuer, aud: audience } }));
  app.get('/me', (context) => context.json({ ok: true }));
  return listening(
    createServer(async (request, response) => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
      const answer = await app.fetch(new Request(`http://127.0.0.1${request.url}`, { headers }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    }),
  );
};

/** hapi with @hapi/jwt. */
export const hapiPlugin: StartVerifier = async ({ key, algorithm, issuer, audience }) => {
  const server = hapi.server({ host: '127.0.0.1', port: 0 });
  await server.register(hapiJwt);
  server.auth.strategy('jwt', 'jwt', {
    keys: { key, algorithms: [algorithm] },
    verify: { iss: issuer, aud: audience, sub: false },
    validate: () => ({ isValid: true }),
  });
  server.route({ method: 'GET', path: '/me', options: { auth: 'jwt' }, handler: () => ({ ok: true }) });
  await server.start();
  return { host: `127.0.0.1:${server.info.port}`, close: () => server.stop({ timeout: 0 }) };
};

/** GraphQL over HTTP: 200 whatever happens, and the refusal in the body. */
export const graphqlHttp: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const handler = createHandler({
    schema: buildSchema('type Query { me: User } type User { id: String }'),
    context: async (request) => {
      const { authorization } = Object.fromEntries(Object.entries(request.headers));
      const token = bearer(typeof authorization === 'string' ? authorization : undefined);
      const verified = await jwtVerify(token, Buffer.from(key), {
        algorithms: [algorithm],
        issuer,
        audience,
      }).catch(() => null);
      return { user: verified?.payload.sub };
    },
    rootValue: {
      me: (_args: unknown, context: { user?: string }) => {
        if (context.user === undefined) throw new Error('Unauthorized');
        return { id: context.user };
      },
    },
  });
  return listening(createServer((request, response) => void handler(request, response)));
};

/** An endpoint like that of OAuth 2.0 Token Introspection (RFC 7662): 200, and `active` in the body. */
export const introspection: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.post('/introspect', async (request, response) => {
    const basic = Buffer.from('gateway:the secret of the gateway').toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) {
      response
        .status(401)
        .set('www-authenticate', 'Basic realm="introspection"')
        .json({ error: 'invalid_client' });
      return;
    }
    const token = String(request.body?.token ?? '');
    const verified = await jwtVerify(token, Buffer.from(key), {
      algorithms: [algorithm],
      issuer,
      audience,
    }).catch(() => null);
    response.json(verified === null ? { active: false } : { active: true, sub: verified.payload.sub });
  });
  return listening(createServer(app));
};

/** A session cookie that is a JWT; whoever has none is sent to the login page. */
export const cookie: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = express();
  app.get('/account', async (request, response) => {
    const token = /(?:^|; )session=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const verified = await jwtVerify(token, Buffer.from(key), {
      algorithms: [algorithm],
      issuer,
      audience,
    }).catch(() => null);
    if (verified === null) response.redirect('/login');
    else response.send('<!doctype html><title>Your account</title>');
  });
  return listening(createServer(app));
};

/** A token in the query, as download links and event streams have it. */
export const query: StartVerifier = ({ key, algorithm, issuer, audience }) => {
  const app = express();
  app.get('/events', async (request, response) => {
    const token = String(request.query.access_token ?? '');
    const verified = await jwtVerify(token, Buffer.from(key), {
      algorithms: [algorithm],
      issuer,
      audience,
    }).catch(() => null);
    if (verified === null) {
      response.status(401).json({ error: 'invalid_token' });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
  });
  return listening(createServer(app));
};

/** Another header than Authorization, with another prefix than Bearer. */
export const ownHeader: StartVerifier = ({ key, algorithm, issuer, audience }): Promise<RunningVerifier> => {
  const app = express();
  app.get('/me', async (request, response) => {
    const token = String(request.headers['x-access-token'] ?? '').replace(/^JWT /, '');
    const verified = await jwtVerify(token, Buffer.from(key), {
      algorithms: [algorithm],
      issuer,
      audience,
    }).catch(() => null);
    if (verified === null)
      response.status(403).json({ success: false, message: 'Failed to authenticate token.' });
    else response.json({ success: true });
  });
  return listening(createServer(app));
};
