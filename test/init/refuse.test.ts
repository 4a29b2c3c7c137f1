import { describe, expect, it } from 'vitest';
import { looksLikeSecret, problemWithEntry, problemWithUrl } from '../../src/cli/init/validate-answers.js';

const https = ['https://'];

describe('what looks like a secret', () => {
  it.each([
    'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
    '3f9a1c0b7d2e4f6a8b0c1d2e3f4a5b6c',
    'kX7Qm2Zp9LrT4vWb8NcY1sHd',
    'https://api.example.com/hook/kX7Qm2Zp9LrT4vWb8NcY1sHd',
    'mZ4/kX7Qm2Zp9LrT4vWb8NcY1sHdE5uJ0gFqA3iO6wR=',
  ])('%s does', (text) => expect(looksLikeSecret(text)).toBe(true));

  it.each([
    'jwt-secret-production',
    'https://auth-service-4kq7zwm3bq-uc.a.run.app/internal/jwt-fingerprint',
    'https://api.example.com/api/v1/internal/jwtFingerprint',
    'services/v2/authService/config/.env:JWT_SECRET',
  ])('%s does not', (text) => expect(looksLikeSecret(text)).toBe(false));
});

it('a URL may have a path of many parts, but neither the secret itself nor credentials', () => {
  const env = { JWT_SECRET: 'open sesame/for everybody' };
  expect(problemWithUrl('https://api.example.com/api/v1/internal/jwtFingerprint', https, env)).toBeNull();
  expect(problemWithEntry('x open sesame/for everybody', env)).toContain('looks like a secret');
  expect(problemWithUrl('https://me:pass@api.example.com/', https, env)).toContain('credentials');
  expect(problemWithUrl('https://api.example.com/?token=abc', https, env)).toContain('query');
});
