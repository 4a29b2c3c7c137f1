import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointOf, parseEndpoint } from '../../../../src/observe/sources/google/endpoint.js';
import { googleSecretManager } from '../../../../src/observe/sources/google/google-secret-manager.js';
import { sourceOf } from '../google-world.js';

const value = (host: string, port: number, plain: boolean) => ({ ok: true, value: { host, port, plain } });

describe('parseEndpoint', () => {
  it.each([
    ['http://127.0.0.1:8085', '127.0.0.1', 8085, true],
    ['http://localhost:8085/', 'localhost', 8085, true],
    ['http://[::1]:8085', '[::1]', 8085, true],
    ['127.0.0.1:8085', '127.0.0.1', 8085, true],
    ['localhost', 'localhost', 80, true],
    ['https://127.0.0.1:8085', '127.0.0.1', 8085, false],
    ['https://secretmanager-x.p.googleapis.com', 'secretmanager-x.p.googleapis.com', 443, false],
    ['secretmanager-x.p.googleapis.com:8443', 'secretmanager-x.p.googleapis.com', 8443, false],
  ])('reads %s', (text, host, port, plain) => {
    expect(parseEndpoint(text)).toEqual(value(host, port, plain));
  });

  it.each([
    ['http://secrets.example.com', 'plain HTTP is allowed only for this machine'],
    ['http://127.0.0.1.example.com', 'plain HTTP is allowed only for this machine'],
    ['https://user:password@127.0.0.1', 'must not contain credentials'],
    ['https://secrets.example.com/v1', 'without a path'],
    ['https://secrets.example.com?x=1', 'without a path'],
    ['ftp://127.0.0.1', 'https:// or http://'],
    ['::', 'expected a URL'],
    ['', 'expected a URL'],
  ])('refuses %s', (text, problem) => {
    expect(parseEndpoint(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('never allows plain HTTP off this machine, and never shows the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.domain().map((host) => `http://${host}:80`),
        ),
        (text) => {
          const parsed = parseEndpoint(text);
          if (parsed.ok && parsed.value.plain)
            expect(parsed.value.host).toMatch(/^(localhost|.*\.localhost|127\.|\[::1\])/);
        },
      ),
    );
  });
});

describe('endpointOf', () => {
  it('is that of Google, for a regional secret that of its location', () => {
    expect(endpointOf({}, {})).toEqual(value('secretmanager.googleapis.com', 443, false));
    expect(endpointOf({ location: 'europe-west1' }, {})).toEqual(
      value('secretmanager.europe-west1.rep.googleapis.com', 443, false),
    );
  });

  it('is the configured one, and before that the one from the environment', () => {
    const source = { endpoint: 'https://a.example.com', location: 'europe-west1' };
    expect(endpointOf(source, {})).toEqual(value('a.example.com', 443, false));
    expect(endpointOf(source, { SECRET_MANAGER_EMULATOR_HOST: '' })).toEqual(
      value('a.example.com', 443, false),
    );
    expect(endpointOf(source, { SECRET_MANAGER_EMULATOR_HOST: 'localhost:1' })).toEqual(
      value('localhost', 1, true),
    );
  });
});

it('plain HTTP to another host is a configuration error', () => {
  expect(() => sourceOf({ project: 'p1', secret: 's', endpoint: 'http://secrets.example.com' })).toThrow(
    /plain HTTP is allowed only for this machine/,
  );
});

it('is shown as configured, not as expanded', () => {
  const source = sourceOf({ project: 'expanded-project', secret: 's', location: 'europe-west1' });
  const label = (text: string): string => (text === 'expanded-project' ? '$' + '{PROJECT}' : text);
  expect(googleSecretManager.target(source, { label })).toBe(
    'projects/$' + '{PROJECT}/locations/europe-west1/secrets/s',
  );
});
