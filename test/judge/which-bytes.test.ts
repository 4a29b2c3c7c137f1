import { describe, expect, it } from 'vitest';
import { distortedOnce } from '../../src/diagnose/candidates/distorted.js';
import { judge } from '../../src/judge/judge.js';
import type { CandidateFingerprint, Finding, Observations } from '../../src/model.js';
import { type CandidateSecret, fingerprintOfCandidate } from '../../src/observe/candidate.js';
import { fingerprintOf } from '../../src/secret/fingerprint.js';
import { Secret } from '../../src/secret/secret.js';
import { form, observed, R, reading, S, secretManager, seen, T } from '../support/observations.js';

const find = (observations: Observations): readonly Finding[] =>
  judge(observations, { failOn: 'critical' }).findings;
const codes = (observations: Observations): string[] => find(observations).map((f) => f.code);

const newline = (of: string, fingerprint: string, undone = false) =>
  form('trailing-newline', fingerprint, {
    of,
    undone,
    text: undone ? 'without its last newline' : 'with a newline at its end',
    facts: { steps: ['trailing-newline'] },
    ...(undone ? { filter: '' } : {}),
  });

describe('a distortion', () => {
  it('is that of the service', () => {
    const [finding] = find(observed([secretManager(), seen('api', S)], { candidates: [newline('sm', S)] }));
    expect(finding).toMatchObject({
      code: 'trailing-newline',
      participants: ['api'],
      message: 'api holds the secret of sm with a newline at its end.',
      evidence: {
        fingerprint: S,
        form: 'sm with a newline at its end',
        distorted: 'api',
        referenceVersion: '7',
      },
    });
    expect(finding?.remedy).toContain('printf %s');
  });

  it('is that of the reference', () => {
    const [finding] = find(
      observed([secretManager(), seen('api', S)], { candidates: [newline('sm', S, true)] }),
    );
    expect(finding).toMatchObject({
      code: 'trailing-newline',
      message: 'sm itself holds the secret with a newline at its end; api holds it without its last newline.',
      evidence: { distorted: 'sm' },
    });
    expect(finding?.remedy).toContain(
      'gcloud secrets versions add jwt-secret-staging --project=netra-staging',
    );
  });

  it('is proved by the side that holds its secret, where the reference only shows a fingerprint', () => {
    const participants = [
      seen('sm', R, { source: 'pinned', role: 'reference' }),
      seen('tests', S, { source: 'env' }),
    ];
    const undone = find(observed(participants, { candidates: [newline('tests', R, true)] }));
    expect(undone[0]).toMatchObject({ evidence: { distorted: 'tests' } });
    const applied = find(observed(participants, { candidates: [newline('tests', R)] }));
    expect(applied[0]).toMatchObject({ evidence: { distorted: 'sm' } });
  });

  it('is proved by any participant that holds the same secret', () => {
    const participants = [
      secretManager({ source: 'pinned' }),
      seen('api', S),
      seen('tests', S),
      seen('ok', R),
    ];
    const [ofSuspect] = find(observed(participants, { candidates: [newline('tests', R, true)] }));
    expect(ofSuspect).toMatchObject({
      code: 'trailing-newline',
      participants: ['api', 'tests'],
      message: 'api and tests hold the secret of sm with a newline at its end.',
    });
    expect(codes(observed(participants, { candidates: [newline('ok', S)] }))).toEqual(['trailing-newline']);
  });

  it('is not claimed of another difference, nor by the candidates of a third secret', () => {
    const participants = [secretManager(), seen('api', S), seen('other', T)];
    expect(codes(observed(participants, { candidates: [newline('sm', '00000000')] }))).not.toContain(
      'trailing-newline',
    );
    expect(codes(observed(participants, { candidates: [newline('other', S)] }))).not.toContain(
      'trailing-newline',
    );
  });

  it('is not claimed of a fingerprint that only begins alike', () => {
    const long = (end: string) => `${S}${end}`;
    const candidates = [newline('sm', long('00'))];
    const shows = (fingerprint: string) =>
      codes(observed([secretManager(), seen('api', fingerprint)], { candidates }));
    expect(shows(long('00'))).toEqual(['trailing-newline']);
    expect(shows(long('01'))).toEqual(['fingerprint-mismatch']);
    expect(shows(S)).toEqual(['trailing-newline']);
  });

  it('is reported for pairs with both', () => {
    const pair = form('quotes-kept', S, {
      of: 'sm',
      text: 'in double quotes, then with a newline at its end',
      facts: { steps: ['quotes-kept', 'trailing-newline'] },
    });
    const [finding] = find(observed([secretManager(), seen('api', S)], { candidates: [pair] }));
    expect(finding?.message).toBe(
      'api holds the secret of sm in double quotes, then with a newline at its end.',
    );
  });

  it('of two steps is reported in the order in which they happened, and taken off in the other', () => {
    const pair = form('quotes-kept', S, {
      of: 'sm',
      undone: true,
      text: 'without its last CRLF, then without its quotes',
      filter: `tr -d '\\r' | sed 's/^.//; s/.$//'`,
      facts: { steps: ['crlf-line-ending', 'quotes-kept'] },
    });
    const [finding] = find(observed([secretManager(), seen('api', S)], { candidates: [pair] }));
    expect(finding?.message).toBe(
      'sm itself holds the secret in quotes and with a carriage return; api holds it without its last CRLF, then without its quotes.',
    );
    expect(finding?.remedy).toContain(`| tr -d '\\r' | sed 's/^.//; s/.$//')" | gcloud`);
  });

  it('is reported for both sides where each has one', () => {
    const both = form('quotes-kept', S, {
      of: 'sm',
      text: 'without its last newline, then in double quotes',
      facts: { steps: ['trailing-newline', 'quotes-kept'], mixed: true },
    });
    const [finding] = find(observed([secretManager(), seen('api', S)], { candidates: [both] }));
    expect(finding?.message).toBe(
      'api holds the secret of sm without its last newline, then in double quotes.',
    );
  });

  it('is one only: fewer steps, then the order of the codes', () => {
    const shortened = form('truncated-length', S, { of: 'sm', facts: { steps: ['truncated-length'] } });
    const two = form('trailing-newline', S, {
      of: 'sm',
      facts: { steps: ['surrounding-whitespace', 'trailing-newline'] },
    });
    const participants = [secretManager(), seen('api', S)];
    const told = (candidates: CandidateFingerprint[]) => codes(observed(participants, { candidates }));
    expect(told([two, shortened])).toEqual(['truncated-length']);
    expect(told([shortened, newline('sm', S, true)])).toEqual(['trailing-newline']);
  });

  it('of base64 rather blames the service than the reference, whichever of them holds the bytes', () => {
    const both = (of: string, fingerprint: string) => [
      form('base64-not-decoded', fingerprint, { of, text: 'as base64' }),
      form('base64-decoded', fingerprint, { of, undone: true, text: 'as base64' }),
    ];
    const participants = [secretManager(), seen('tests', S)];
    expect(find(observed(participants, { candidates: both('sm', S) }))[0]).toMatchObject({
      code: 'base64-not-decoded',
      evidence: { distorted: 'tests' },
    });
    expect(find(observed(participants, { candidates: both('tests', R) }))[0]).toMatchObject({
      code: 'base64-decoded',
      evidence: { distorted: 'tests' },
    });
  });
});

describe('an older version with a distortion', () => {
  it('is stale, and what happened to it is reported, too', () => {
    const candidate: CandidateSecret = {
      code: 'stale-secret-version',
      of: 'sm',
      undone: false,
      text: 'version 6',
      secret: new Secret('the old one'),
      facts: { version: '6', createdAt: null, current: '7' },
    };
    const candidates = distortedOnce([candidate]).map((one) => fingerprintOfCandidate(one, 16));
    const shown = fingerprintOf(new Secret('"the old one"'), 16);
    expect(find(observed([secretManager(), seen('api', shown)], { candidates }))).toMatchObject([
      {
        code: 'stale-secret-version',
        message: expect.stringContaining('api still holds version 6 in double quotes'),
        evidence: { version: '6', current: '7', steps: ['quotes-kept'] },
      },
    ]);
  });
});

describe('without a reference', () => {
  it('the majority is right', () => {
    const participants = [seen('a', R), seen('b', R), seen('c', S)];
    const [finding] = find(observed(participants, { candidates: [newline('a', S)] }));
    expect(finding).toMatchObject({
      code: 'trailing-newline',
      participants: ['c'],
      message: 'c holds the secret of the others with a newline at its end.',
    });
    const [others] = find(observed(participants, { candidates: [newline('a', S, true)] }));
    expect(others?.message).toBe(
      'The others themselves hold the secret with a newline at its end; c holds it without its last newline.',
    );
  });

  it('of two that differ, the distorted one is reported, and none is named as right', () => {
    const participants = [seen('a', R), seen('b', S)];
    const found = find(observed(participants, { candidates: [newline('a', S), newline('b', R, true)] }));
    expect(found).toMatchObject([
      {
        code: 'trailing-newline',
        participants: ['b'],
        message: 'b holds the secret of a with a newline at its end.',
        evidence: { against: 'a', distorted: 'b' },
      },
    ]);
    expect(found[0]?.remedy).toContain('It is unknown which one is right');
    expect(find(observed(participants, { candidates: [newline('a', S, true)] }))[0]).toMatchObject({
      participants: ['a'],
      evidence: { against: 'b' },
    });
  });

  it('of two that differ only one is blamed', () => {
    const candidates = [
      form('base64-not-decoded', S, { of: 'a' }),
      form('base64-decoded', S, { of: 'a', undone: true }),
      form('base64-decoded', R, { of: 'b' }),
      form('base64-not-decoded', R, { of: 'b', undone: true }),
    ];
    expect(find(observed([seen('a', R), seen('b', S)], { candidates }))).toMatchObject([
      { code: 'base64-not-decoded', participants: ['b'] },
    ]);
  });
});

describe('what is no secret', () => {
  const nothing = form('empty-secret', S, { text: 'nothing at all' });

  it('is known by itself', () => {
    const [finding] = find(observed([secretManager(), seen('api', S)], { candidates: [nothing] }));
    expect(finding).toMatchObject({
      code: 'empty-secret',
      message: 'api holds nothing at all where the secret should be.',
      evidence: { form: 'nothing at all', distorted: 'api' },
    });
  });

  it('may be what the reference holds', () => {
    const empty = secretManager({ reading: reading(S, { version: '8' }) });
    const [finding] = find(observed([empty, seen('a', R), seen('b', T)], { candidates: [nothing] }));
    expect(finding).toMatchObject({
      code: 'empty-secret',
      evidence: { distorted: 'sm' },
      message: 'sm itself holds nothing at all where a secret should be; a holds another value.',
    });
  });

  it('is a secret that anybody can guess where all agree on it', () => {
    expect(
      codes(observed([secretManager(), seen('api', R)], { candidates: [{ ...nothing, fingerprint: R }] })),
    ).toEqual(['published-default']);
  });
});
