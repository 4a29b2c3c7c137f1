import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { json } from '../support/http-server.js';
import { checked, codes, httpProbe, startHttpService } from './any-service.js';

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Answer = (words: string) => (request: IncomingMessage, response: ServerResponse) => void;

const page =
  (body: (words: string) => string): Answer =>
  (words) =>
  (_, response) => {
    response.writeHead(401, { 'content-type': 'text/html; charset=utf-8' });
    response.end(body(words));
  };
const field =
  (name: string, value: (words: string) => string): Answer =>
  (words) =>
  (_, response) => {
    response.writeHead(401, { [name]: value(words) });
    response.end();
  };
const text: Answer = (words) => (_, response) => {
  response.writeHead(401, { 'content-type': 'text/plain' });
  response.end(words);
};

/** Where services say what is wrong. */
const places: readonly [place: string, answer: Answer][] = [
  ['msg (Flask-JWT-Extended)', (msg) => json({ msg }, 401)],
  ['detail (Django, FastAPI)', (detail) => json({ detail }, 401)],
  ['title (RFC 9457)', (title) => json({ type: 'about:blank', title, status: 401 }, 401)],
  [
    'error_description (RFC 6749)',
    (error_description) => json({ error: 'invalid_token', error_description }, 401),
  ],
  [
    'errors[].message (GraphQL)',
    (message) => json({ errors: [{ message, extensions: { code: 'invalid-jwt' } }] }, 401),
  ],
  ['errors[].detail (JSON:API)', (detail) => json({ errors: [{ status: '401', title: 'No', detail }] }, 401)],
  ['errors[] (Devise)', (words) => json({ errors: [words] }, 401)],
  [
    'messages[].message (simplejwt)',
    (message) => json({ detail: 'Given token not valid for any token type', messages: [{ message }] }, 401),
  ],
  ['a wrapper', (reason) => json({ success: false, data: { error: { reason } } }, 401)],
  ['text', text],
  [
    'a page of Express',
    page(
      (words) =>
        `<!DOCTYPE html><html><body><pre>UnauthorizedError: jwt ${words}<br> &nbsp;at a (/b.js:1:2)</pre></body></html>`,
    ),
  ],
  [
    'a page of Tomcat',
    page(
      (words) =>
        `<html><head><title>HTTP Status 401</title></head><body><h1>HTTP Status 401</h1><p>${words}</p></body></html>`,
    ),
  ],
  [
    'WWW-Authenticate',
    field('www-authenticate', (words) => `Bearer error="invalid_token", error_description="${words}"`),
  ],
  ['a header field', field('x-auth-error', (words) => words)],
];

/** How libraries put it. */
const wordings: readonly [claim: string, wrong: string, forged: string][] = [
  ['iss', 'issuer invalid', 'invalid signature'],
  ['aud', 'InvalidAudienceError', 'InvalidSignatureError'],
  ['aud', 'InvalidAudience', 'InvalidSignature'],
  [
    'iss',
    "The Claim 'iss' value doesn't match the required issuer.",
    "The Token's Signature resulted invalid when verified using the Algorithm: HmacSHA256",
  ],
  ['aud', 'JWTNotInAudience', 'JWSError JWSInvalidSignature'],
  [
    'aud',
    "IDX10214: Audience validation failed. Audiences: 'a'. Did not match: validationParameters.ValidAudience: 'b'",
    "IDX10511: Signature validation failed. Keys tried: 'a'.",
  ],
  [
    'iss',
    'token has invalid claims: token has invalid issuer',
    'token signature is invalid: signature is invalid',
  ],
];

/** Checks a service that expects another issuer and audience, which no experiment can find out. */
async function reportOf(answer: Answer, wrong: string, forged: string) {
  const server = await startHttpService(
    (presented, request, response) => {
      if (presented.complaint === null) return json({ ok: true })(request, response);
      const isForged = presented.complaint === 'invalid signature' || presented.token === '';
      answer(isForged ? forged : wrong)(request, response);
    },
    { issuer: 'another', audience: 'another' },
  );
  servers.push(server);
  return checked({ svc: httpProbe(server) });
}

describe('a service that says which claim is wrong, and of a forged token something else', () => {
  it.each(places)('in %s', async (_, answer) => {
    const report = await reportOf(answer, 'issuer invalid', 'invalid signature');
    expect(report.findings).toMatchObject([{ code: 'claims-rejected', evidence: { claim: 'iss' } }]);
  });

  it.each(wordings)('%s: %s', async (claim, wrong, forged) => {
    const report = await reportOf((error) => json({ error }, 401), wrong, forged);
    expect(report.findings).toMatchObject([{ code: 'claims-rejected', evidence: { claim } }]);
  });

  it('but not where its words are about the signature after all', async () => {
    const report = await reportOf(
      (error) => json({ error }, 401),
      'wrong issuer key, signature invalid',
      'bad token',
    );
    expect(codes(report)).toEqual(['rejects-valid-token']);
  });
});
