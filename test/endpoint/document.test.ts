import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as endpoint from '../../src/endpoint/index.js';
import { http } from '../../src/observe/sources/http/http-source.js';
import { proofVectors } from '../support/proof-vectors.js';

const page = readFileSync(new URL('../../docs/endpoint.md', import.meta.url), 'utf8');
const [vector] = proofVectors.vectors;

describe('docs/endpoint.md', () => {
  it('shows a vector that holds, and a command that computes it', () => {
    expect(page).toContain(`nonce    ${vector?.nonce}\nproof    ${vector?.proof}\n`);
    const [, command = ''] = /```sh\n([\s\S]*?)```/.exec(page) ?? [];
    expect(execFileSync('bash', ['--norc', '-c', command], { encoding: 'utf8' }).trim()).toBe(vector?.proof);
  });

  it('shows a source that may be configured so', () => {
    const [, source = ''] = /```jsonc\n"source": ([\s\S]*?)```/.exec(page) ?? [];
    const settings: unknown = JSON.parse(source.replace(/ +\/\/.*$/gm, ''));
    expect(http.schema.parse(settings)).toMatchObject({ service: 'auth', require: 'proof', challenge: true });
    const without = { ...http.schema.parse(settings), challenge: false };
    expect(http.schema.safeParse(without).error?.issues[0]?.message).toContain('must be requested');
  });

  it('names every way to embed it', () => {
    for (const name of Object.keys(endpoint)) expect(page).toContain(`${name}(`);
  });

  it('tells the findings and outcomes that there are', () => {
    for (const code of ['proof-failed', 'proof-missing', 'fingerprint-misreported'])
      expect(page).toContain(code);
  });
});
