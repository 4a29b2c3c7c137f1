import { createHmac } from 'node:crypto';
import { jwtVerify, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { configSchema, type TokenSettings } from '../../../src/config/schema.js';
import { algorithms, standardControls } from '../../../src/model.js';
import {
  controlToken,
  fillToken,
  forgedToken,
  mintToken,
  needsKey,
  tamperedToken,
  unsignedToken,
} from '../../../src/observe/tokens/mint.js';
import { Secret } from '../../../src/secret/secret.js';

const now = new Date('2026-01-31T12:00:00.700Z');
const seconds = Math.floor(now.getTime() / 1000);
const key = new Secret('a key that is long enough for every hash, sixty-four bytes or more of it');
const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;

function settingsOf(token: unknown = {}): TokenSettings {
  return configSchema.parse({ token, environments: {} }).token;
}

function readable(token: Secret): string {
  return fillToken('{{token}}', token);
}

function decode(token: Secret): { header: unknown; payload: Record<string, unknown>; signature: Buffer } {
  const [header = '', payload = '', signature = ''] = readable(token).split('.');
  const json = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: json(header), payload: json(payload), signature: Buffer.from(signature, 'base64url') };
}

function signatureBy(token: Secret, bytes: Buffer, hash: string): Buffer {
  const text = readable(token);
  return createHmac(hash, bytes)
    .update(text.slice(0, text.lastIndexOf('.')))
    .digest();
}

describe('mintToken', () => {
  it.each(algorithms)('signs with %s as node:crypto does', async (algorithm) => {
    const token = await mintToken({ key, settings: settingsOf({ algorithm }), type: 'access', now });
    const { header, signature } = decode(token);
    expect(header).toEqual({ alg: algorithm, typ: 'JWT' });
    expect(signature).toEqual(signatureBy(token, key.reveal(), hashes[algorithm]));
  });

  it('carries the configured header, in every control too, and its own alg', async () => {
    const settings = settingsOf({ header: { kid: '2026-01', typ: 'at+jwt', x: { y: 1 } } });
    const options = { settings, type: 'access', now };
    const fields = { kid: '2026-01', typ: 'at+jwt', x: { y: 1 } };
    expect(decode(await mintToken({ ...options, key })).header).toEqual({ ...fields, alg: 'HS256' });
    expect(decode(await forgedToken(options)).header).toEqual({ ...fields, alg: 'HS256' });
    expect(decode(unsignedToken(options)).header).toEqual({ ...fields, alg: 'none' });
    const changed = await mintToken({ ...options, key, header: { kid: null, x: 2, alg: 'none' } });
    expect(decode(changed).header).toEqual({ typ: 'at+jwt', x: 2, alg: 'HS256' });
    const untyped = settingsOf({ header: { typ: null } });
    expect(decode(await mintToken({ ...options, settings: untyped, key })).header).toEqual({ alg: 'HS256' });
  });

  it('says that it was issued earlier, and is valid as long as any other', async () => {
    const backdatedTo = new Date('2026-01-31T10:30:00.400Z');
    const { payload } = decode(
      await mintToken({ key, settings: settingsOf({ ttl: '60s' }), type: 'access', now, backdatedTo }),
    );
    expect(payload).toMatchObject({ iat: Date.parse('2026-01-31T10:30:00Z') / 1000, exp: seconds + 60 });
  });

  it.each(['alg', 'crit', 'b64'])('%s is not configured there', (name) => {
    expect(() => settingsOf({ header: { [name]: 'none' } })).toThrow(name);
  });

  it.each(algorithms)('signs with %s as jose verifies', async (algorithm) => {
    const settings = settingsOf({ algorithm, issuer: 'auth', audience: ['a', 'b'] });
    const token = await mintToken({ key, settings, type: 'access', now });
    const options = { algorithms: [algorithm], issuer: 'auth', audience: 'b', currentDate: now };
    const { payload } = await jwtVerify(readable(token), key.reveal(), options);
    expect(payload).toMatchObject({ iss: 'auth', aud: ['a', 'b'], sub: 'jwtcheck-probe' });
  });

  it.each([0, 1, 5, 31, 64, 65, 4096])('signs with a key of %i bytes', async (size) => {
    const bytes = Buffer.alloc(size, 7);
    const token = await mintToken({ key: new Secret(bytes), settings: settingsOf(), type: 'access', now });
    expect(decode(token).signature).toEqual(signatureBy(token, bytes, 'sha256'));
  });

  it('issues now, expires after the ttl and is never the same twice', async () => {
    const mint = (): Promise<Secret> =>
      mintToken({ key, settings: settingsOf({ ttl: '90s' }), type: 'access', now });
    const [a, b] = [decode(await mint()).payload, decode(await mint()).payload];
    expect(a).toMatchObject({ iat: seconds, exp: seconds + 90 });
    expect(a).not.toHaveProperty('nbf');
    expect(a.jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(a.jti).not.toBe(b.jti);
  });

  it('rounds a ttl up to whole seconds', async () => {
    const settings = { ...settingsOf(), ttl: 1001 };
    expect(decode(await mintToken({ key, settings, type: 'access', now })).payload.exp).toBe(seconds + 2);
    const short = { ...settings, ttl: 1 };
    expect(decode(await mintToken({ key, settings: short, type: 'access', now })).payload.exp).toBe(
      seconds + 1,
    );
  });

  it('leaves out what is not configured', async () => {
    const { payload } = decode(await mintToken({ key, settings: settingsOf(), type: 'access', now }));
    expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'jti', 'sub']);
  });

  it('lets the more specific claim win, but never over jti, iat and exp', async () => {
    const settings = settingsOf({
      issuer: 'configured',
      subject: 'configured',
      claims: { sub: 'claims', scope: 'claims', email: null, jti: 'x', iat: 1, exp: 9_999_999_999 },
      types: { access: {}, refresh: { scope: 'type', token_type: 'refresh', exp: 1 } },
    });
    const claims = { iss: null, token_type: 'patched', jti: null, exp: null };
    const { payload } = decode(await mintToken({ key, settings, type: 'refresh', now, claims }));
    expect(payload).toMatchObject({ sub: 'claims', scope: 'type', token_type: 'patched', email: null });
    expect(payload).toMatchObject({ iat: seconds, exp: seconds + 60 });
    expect(payload).not.toHaveProperty('iss');
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes another algorithm than the configured one', async () => {
    const token = await mintToken({ key, settings: settingsOf(), type: 'access', now, algorithm: 'HS512' });
    expect(decode(token).signature).toEqual(signatureBy(token, key.reveal(), 'sha512'));
  });
});

describe('controls', () => {
  const options = { settings: settingsOf({ claims: { email: 'a@example.com' } }), type: 'access', now };

  it('expired: was good an hour ago', async () => {
    const token = await mintToken({ ...options, key, variant: 'expired' });
    expect(decode(token).payload).toMatchObject({ iat: seconds - 3600, exp: seconds - 3540 });
    expect(decode(token).signature).toEqual(signatureBy(token, key.reveal(), 'sha256'));
    await expect(jwtVerify(readable(token), key.reveal(), { currentDate: now })).rejects.toThrow('exp');
  });

  it.each(algorithms)('forged: a sound signature of %s by nobody', async (algorithm) => {
    const token = await forgedToken({ ...options, algorithm });
    expect(decode(token).payload).toMatchObject({ email: 'a@example.com', sub: 'jwtcheck-probe' });
    const own = signatureBy(token, key.reveal(), hashes[algorithm]);
    expect(decode(token).signature).toHaveLength(own.length);
    expect(decode(token).signature).not.toEqual(own);
  });

  it('unsigned: algorithm none and an empty signature, as jose reads it', () => {
    const token = unsignedToken(options);
    expect(readable(token)).toMatch(/^[\w-]+\.[\w-]+\.$/);
    const { header, payload } = UnsecuredJWT.decode(readable(token), { currentDate: now });
    expect(header).toEqual({ alg: 'none', typ: 'JWT' });
    expect(payload).toMatchObject({ email: 'a@example.com' });
  });

  it('tampered: other bytes in the middle of the signature, nothing else', async () => {
    for (let round = 0; round < 200; round++) {
      const genuine = await mintToken({ ...options, key, algorithm: algorithms[round % 3] ?? 'HS256' });
      const [before, after] = [readable(genuine), readable(tamperedToken(genuine))];
      const differing = [...before].flatMap((char, index) => (char === after[index] ? [] : [index]));
      expect(after).toHaveLength(before.length);
      expect(differing).toHaveLength(1);
      expect(differing[0]).toBeGreaterThan(before.lastIndexOf('.') + 4);
      expect(differing[0]).toBeLessThan(before.length - 4);
      expect(decode(tamperedToken(genuine)).signature).not.toEqual(decode(genuine).signature);
    }
  });

  it.each(standardControls)('%s is made where there is a key', async (control) => {
    const token = await controlToken(control, { ...options, key });
    if (control === 'missing') expect(token).toBeNull();
    else expect(token).toBeInstanceOf(Secret);
    if (token) await expect(jwtVerify(readable(token), key.reveal(), { currentDate: now })).rejects.toThrow();
  });

  it.each(standardControls)('%s wants a key only where it is made from a valid token', async (control) => {
    const made = controlToken(control, { ...options, key: null });
    if (needsKey(control)) await expect(made).rejects.toThrow(TypeError);
    else expect(await made).not.toBe(undefined);
  });
});

describe('fillToken', () => {
  it('fills in the token and its base64url form, everywhere', () => {
    const token = new Secret('a.b?c>$&');
    const filled = fillToken('<{{token}}|{{token.base64url}}|{{token}}|{{other}}>', token);
    expect(filled).toBe(`<a.b?c>$&|${Buffer.from('a.b?c>$&').toString('base64url')}|a.b?c>$&|{{other}}>`);
  });

  it('is empty without a token', () => {
    expect(fillToken('jwt.{{token.base64url}}-{{token}}', null)).toBe('jwt.-');
  });
});
