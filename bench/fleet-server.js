// Many services in one process: each port, and each path below it, is a service of its own.
// Usage: node fleet-server.js PORTS LATENCY_MS; prints the ports as JSON. The secret comes from JWT_SECRET.
// PUT to a service's path: the fingerprint that it shows from now on; empty: the truth again.
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const [count, latency] = process.argv.slice(2).map(Number);
const key = process.env.JWT_SECRET ?? '';
const fingerprint = createHash('sha256').update(key).digest('hex').slice(0, 8);
const shown = JSON.stringify({ fingerprint, accepts: [fingerprint], algorithm: 'HS256' });

const others = new Map();

const isGenuine = (authorization) => {
  const [header, payload, signature] = authorization.replace('Bearer ', '').split('.');
  return createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url') === signature;
};

const answer = (request, response) => {
  response.setHeader('content-type', 'application/json');
  const path = request.url.split('?', 1)[0];
  if (request.method === 'PUT') {
    request
      .setEncoding('utf8')
      .once('data', (other) => others.set(path, JSON.stringify({ fingerprint: other })));
    if (request.headers['content-length'] === '0') others.delete(path);
    return response.end('{}');
  }
  if (path.endsWith('/fingerprint')) return response.end(others.get(path) ?? shown);
  const genuine = isGenuine(request.headers.authorization ?? '');
  response.statusCode = genuine ? 200 : 401;
  response.end(genuine ? '{"ok":true}' : '{"error":"invalid_token"}');
};

const servers = await Promise.all(
  Array.from({ length: count }, async () => {
    const server = createServer((request, response) => {
      if (latency > 0) setTimeout(answer, latency, request, response);
      else answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }),
);
console.log(JSON.stringify(servers.map((server) => server.address().port)));
