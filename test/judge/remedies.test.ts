import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adopt, replaceSecret, rewriteReference, rotateReference } from '../../src/judge/remedies.js';
import { remedyOf } from '../../src/judge/remedy-steps.js';
import type { Observation, RemedyStep } from '../../src/model.js';
import { dnsLabel, shellWord } from '../../src/schema/shell-quote.js';
import { observed, R, reading, S, secretManager, seen } from '../support/observations.js';
import { runs } from '../support/random.js';

const access = 'gcloud secrets versions access 7 --secret=jwt-secret-staging --project=netra-staging';
const add = 'gcloud secrets versions add jwt-secret-staging --project=netra-staging --data-file=-';
const regional = secretManager({ target: 'projects/netra-staging/locations/europe-west1/secrets/jwt' });
const env = seen('tests', S, { source: 'env', target: 'JWT_SECRET_STAGING, JWT_SECRET' });
const dotenv = seen('local', S, {
  source: 'file',
  target: './my app/.env',
  reading: reading(S, { provenance: 'JWT_SECRET' }),
});

const commands = (steps: readonly RemedyStep[]): string[] =>
  steps.flatMap((step) => ('command' in step ? [step.command] : []));

describe('adopt', () => {
  it.each<[string, Observation, string[]]>([
    ['a variable', env, [`export JWT_SECRET_STAGING="$(${access})"`]],
    ['an entry', dotenv, [`printf '\\nJWT_SECRET=%s\\n' "$(${access})" >> './my app/.env'`]],
    ['a file', seen('mounted', S, { source: 'file', target: '/run/jwt' }), [`${access} --out-file=/run/jwt`]],
    [
      'a command',
      seen('vault', S, { source: 'command', target: 'vault kv get jwt' }),
      [`${access} | jwtcheck fingerprint`],
    ],
    [
      'a service',
      seen('Backend_Service', S),
      [
        'gcloud run services update backend-service --update-secrets=JWT_SECRET=jwt-secret-staging:7 --project=netra-staging',
        'kubectl rollout restart deployment/backend-service',
      ],
    ],
  ])('gives %s the secret of the reference', (_, participant, expected) => {
    expect(commands(adopt(observed([secretManager(), participant]), [participant.name]))).toEqual(expected);
  });

  it('names the location of a regional secret, which Cloud Run cannot be given in this way', () => {
    expect(remedyOf(adopt(observed([regional, env]), ['tests']))).toContain(
      '--secret=jwt --project=netra-staging --location=europe-west1)"',
    );
    expect(commands(adopt(observed([regional, seen('api', S)]), ['api']))).toEqual([
      'kubectl rollout restart deployment/api',
    ]);
  });

  it('takes whatever version is current where the reference could not be read', () => {
    const unread = secretManager({ reading: null });
    expect(remedyOf(adopt(observed([unread, env]), ['tests']))).toContain('access latest --secret');
  });

  it('has no command where the reference is not in Secret Manager', () => {
    const pinned = seen('sm', R, { source: 'pinned', target: null });
    for (const participant of [env, dotenv]) {
      const remedy = adopt(observed([pinned, participant]), [participant.name]);
      expect(commands(remedy)).toEqual([]);
      expect(remedyOf(remedy)).toContain(`the secret with the fingerprint ${R} (sm)`);
    }
  });

  it('gives commands for two of many, and names the others', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const remedy = adopt(observed([secretManager(), ...names.map((n) => seen(n, S))]), names);
    expect(remedyOf(remedy)).toContain('Give a and b the secret of sm, then restart them');
    expect(commands(remedy)).toHaveLength(4);
    expect(remedyOf(remedy)).toContain('Then do the same for c, d and 2 more.');
  });

  it('tells each kind in its own terms', () => {
    const remedy = adopt(observed([secretManager(), env, seen('api', S)]), ['tests', 'api']);
    expect(remedyOf(remedy)).toContain('export JWT_SECRET_STAGING=');
    expect(remedyOf(remedy)).toContain('Give api the secret of sm, then restart it');
  });

  it('keeps variables of the configuration and quotes the rest', () => {
    const templated = secretManager({ target: `projects/\${GCP_PROJECT}/secrets/jwt` });
    expect(remedyOf(adopt(observed([templated, env]), ['tests']))).toContain(
      `--secret=jwt --project="\${GCP_PROJECT}"`,
    );
  });

  it('never makes a command of a path that breaks the line, nor of one that was redacted', () => {
    for (const target of ['a\n  rm -rf ~', 'secrets/[secret]']) {
      const name = 'f\n  reboot';
      const file = seen(name, S, { source: 'file', target });
      expect(commands(adopt(observed([secretManager(), file]), [name]))).toEqual([]);
    }
  });
});

describe('the reference', () => {
  it('is written again without a newline', () => {
    expect(commands(rewriteReference(observed([secretManager()])))).toEqual([
      `printf %s "$(${access})" | ${add}`,
    ]);
    expect(commands(rewriteReference(observed([secretManager()]), 'tr -d \\"'))).toEqual([
      `printf %s "$(${access} | tr -d \\")" | ${add}`,
    ]);
  });

  it('gets a new secret', () => {
    expect(commands(rotateReference(observed([secretManager()])))).toEqual([
      `openssl rand -base64 48 | tr -d '\\n' | ${add}`,
    ]);
    expect(remedyOf(rotateReference(observed([regional])))).toContain(
      '--location=europe-west1 --data-file=-',
    );
  });

  it('is described in words where it is of another kind', () => {
    const pinned = observed([seen('sm', R, { source: 'pinned', target: null })]);
    expect(commands(rewriteReference(pinned))).toEqual([]);
    expect(commands(rotateReference(pinned))).toEqual(["openssl rand -base64 48 | tr -d '\\n'"]);
    expect(remedyOf(rotateReference(pinned))).toContain('pin its fingerprint at sm');
    expect(remedyOf(rotateReference(observed([seen('a', R)])))).toContain('where all read it');
    const file = seen('sm', R, { source: 'file', target: './jwt.key' });
    expect(remedyOf(rotateReference(observed([file])))).toContain('Write a new random secret to ./jwt.key');
  });

  it('is never written where it was not read, nor for a secret that only others hold', () => {
    const unread = secretManager({ reading: null, error: { code: 'permission-denied', message: 'no' } });
    expect(commands(rotateReference(observed([unread, env])))).toEqual([
      "openssl rand -base64 48 | tr -d '\\n'",
    ]);
    expect(commands(rewriteReference(observed([unread, env])))).toEqual([]);
    expect(commands(replaceSecret(observed([secretManager(), env]), ['tests']))).toEqual([
      `export JWT_SECRET_STAGING="$(${access})"`,
    ]);
    expect(commands(replaceSecret(observed([secretManager(), env]), ['sm', 'tests']))[0]).toContain('add');
  });
});

describe('shellWord', () => {
  it.each([
    ['plain', 'plain'],
    ['', null],
    ["it's", `'it'\\''s'`],
    [`a\${X}b c`, `a"\${X}"'b c'`],
    ['$(reboot)', "'$(reboot)'"],
    ['a\u202eb', null],
    ['tab\there', null],
  ])('%j', (text, expected) => expect(shellWord(text)).toBe(expected));

  it('means to a shell just the text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }), (text) => {
        fc.pre(!/\$\{/.test(text));
        const word = shellWord(text);
        expect(word).not.toBeNull();
        expect(execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(text);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('dnsLabel', () => {
  it.each([
    ['backend_service', 'backend-service'],
    ['API (v2)', 'api-v2'],
    ['--', 'SERVICE'],
    ['x'.repeat(80), 'x'.repeat(63)],
  ])('%s', (name, expected) => expect(dnsLabel(name)).toBe(expected));
});
