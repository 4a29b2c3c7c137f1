import { describe, expect, it } from 'vitest';
import { applyRules } from '../../src/judge/apply-rules.js';
import { compare } from '../../src/judge/compare.js';
import { judge } from '../../src/judge/judge.js';
import type { Evidence, Rule } from '../../src/judge/rule.js';
import { rules } from '../../src/judge/rules/index.js';
import type { Finding, Observations } from '../../src/model.js';
import { expectLinear } from '../support/growth.js';
import {
  form,
  httpProbe,
  observed,
  R,
  reading,
  S,
  secretManager,
  seen,
  T,
  tried,
} from '../support/observations.js';
import { runs } from '../support/random.js';

function rule(more: Partial<Rule>, ...proved: Evidence[]): Rule {
  return {
    code: 'sibling-secret',
    family: 'which-secret',
    severity: 'by-role',
    title: 'Something is wrong',
    explanation: 'It may be.',
    example: 'This.',
    proof: 'Seen.',
    incidents: [],
    remedy: 'Fix it.',
    find: () => proved,
    message: ({ participants, facts }) => `${participants.join('+')} ${JSON.stringify(facts)}`,
    fix: ({ participants }) => `fix ${participants.join('+')}`,
    ...more,
  };
}

const proof = (name: string, facts: Evidence['facts'], each?: Evidence['facts']): Evidence => ({
  participants: [name],
  facts,
  ...(each === undefined ? {} : { each }),
});

const found = (observations: Observations, ...applied: Rule[]): Finding[] =>
  applyRules(applied, observations, compare(observations)).map((f) => f.finding);

const fleet = observed([secretManager(), seen('a', S), seen('b', S), seen('c', S, { role: 'issuer' })]);

describe('a cause that several share', () => {
  it('is reported once, with all of them and what the worst of them deserves', () => {
    const facts = { fingerprint: S };
    const joint = rule({ joint: true }, proof('a', facts), proof('b', facts), proof('c', facts));
    expect(found(fleet, joint)).toEqual([
      {
        code: 'sibling-secret',
        severity: 'critical',
        participants: ['a', 'b', 'c'],
        message: `a+b+c {"fingerprint":"${S}"}`,
        evidence: facts,
        remedy: 'fix a+b+c',
        steps: [{ text: 'fix a+b+c' }],
      },
    ]);
  });

  it('is reported for each where its facts differ, at the place of the first', () => {
    const joint = rule({ joint: true }, proof('a', { n: 1 }), proof('b', { n: 2 }), proof('c', { n: 1 }));
    expect(found(fleet, joint).map((f) => f.participants)).toEqual([['a', 'c'], ['b']]);
  });

  it('is reported for each where its words are for one only', () => {
    expect(found(fleet, rule({}, proof('a', {}), proof('b', {}))).map((f) => f.participants)).toEqual([
      ['a'],
      ['b'],
    ]);
  });

  it('gathers what differs from one to the next', () => {
    const joint = rule(
      { joint: true },
      proof('a', { n: 1 }, { variable: 'X', file: 'same' }),
      proof('b', { n: 1 }, { variable: 'Y', file: 'same' }),
      proof('c', { n: 1 }, { variable: 'X' }),
    );
    expect(found(fleet, joint)[0]?.evidence).toEqual({ n: 1, variable: ['X', 'Y'], file: 'same' });
    const one = rule({}, proof('a', { n: 1 }, { variable: 'X' }));
    expect(found(fleet, one)[0]?.evidence).toEqual({ n: 1, variable: 'X' });
  });
});

describe('one cause for each participant', () => {
  it('is the first that is proved; the others are left to the next rule', () => {
    const first = rule({ code: 'trailing-newline', joint: true }, proof('b', {}));
    const second = rule({ code: 'quotes-kept', joint: true }, proof('a', {}), proof('b', {}), proof('c', {}));
    expect(found(fleet, first, second).map((f) => [f.code, f.participants])).toEqual([
      ['quotes-kept', ['a', 'c']],
      ['trailing-newline', ['b']],
    ]);
  });

  it('is not what hygiene or tokens wrongly taken say besides', () => {
    const cause = rule({ code: 'wrong-environment' }, proof('a', {}));
    const besides = rule({ code: 'weak-secret', family: 'hygiene', severity: 'warning' }, proof('a', {}));
    expect(found(fleet, cause, besides).map((f) => f.code)).toEqual(['wrong-environment', 'weak-secret']);
  });

  it('folds the refusals of a stale service under its cause', () => {
    const stale = form('stale-secret-version', S, { of: 'sm', facts: { version: '6', current: '7' } });
    const services = ['a', 'b', 'c', 'd'];
    const observations = observed(
      [secretManager(), ...services.map((name) => seen(name, S, { probes: [httpProbe] }))],
      {
        candidates: [stale],
        attempts: services.map((name) => tried(name, { result: 'rejected', status: 401, detail: '401' })),
      },
    );
    expect(judge(observations, { failOn: 'critical' }).findings).toMatchObject([
      { code: 'stale-secret-version', participants: services },
    ]);
  });
});

describe('ten thousand participants', () => {
  const most = runs(10_000);
  const findingsOf = (observations: Observations): readonly Finding[] =>
    judge(observations, { failOn: 'critical' }).findings;
  const hex = (n: number) => n.toString(16).padStart(8, '0');
  const numbers = (size: number) => Array.from({ length: size }, (_, i) => i);

  it('with a secret each are judged in time that grows with their number', () => {
    const each = (size: number) =>
      observed([...numbers(size).map((i) => seen(`p${i}`, hex(i))), secretManager()]);
    expect(findingsOf(each(most)).length).toBe(most);
    expectLinear(runs(1000, 400), each, findingsOf);
  });

  it('with the same wrong secret are one finding', () => {
    const candidates = [form('trailing-newline', S, { of: 'sm', text: 'with "\\n" appended' })];
    const same = (size: number) =>
      observed([...numbers(size).map((i) => seen(`p${i}`, S)), secretManager()], { candidates });
    const findings = findingsOf(same(most));
    expect(findings).toMatchObject([{ code: 'trailing-newline' }]);
    expect(findings[0]?.participants.length).toBe(most);
    expect(findings[0]?.message.length).toBeLessThan(200);
    expect(findings[0]?.remedy.length).toBeLessThan(2000);
    expectLinear(runs(1000, 400), same, findingsOf);
  });

  it('with a hundred candidates each are judged in time that grows with their number', () => {
    const many = (size: number) => {
      const candidates = numbers(size).flatMap((i) =>
        numbers(100).map((n) => form('truncated-length', hex(1e6 + i * 100 + n), { of: `p${i}` })),
      );
      return observed([...numbers(size).map((i) => seen(`p${i}`, hex(i))), secretManager()], { candidates });
    };
    expect(new Set(findingsOf(many(runs(1000))).map((f) => f.code))).toEqual(
      new Set(['fingerprint-mismatch']),
    );
    expectLinear(runs(200, 80), many, findingsOf);
  });
});

describe('whatever was seen', () => {
  it('no participant has two causes', () => {
    const families = new Map(rules.map((r) => [r.code, r.family]));
    const candidates = [
      form('trailing-newline', S, { of: 'sm' }),
      form('stale-secret-version', S, { of: 'sm', facts: { version: '6', current: '7' } }),
      form('hardcoded-fallback', T),
      form('published-default', T),
      form('empty-secret', S),
    ];
    const split = reading(R, {
      instances: [
        { instance: 'x', fingerprint: R, samples: 1 },
        { instance: 'y', fingerprint: S, samples: 1 },
      ],
    });
    const participants = [secretManager(), seen('a', S), seen('b', T), seen('c', R, { reading: split })];
    const causes = judge(observed(participants, { candidates }), { failOn: 'never' })
      .findings.filter(
        ({ code }) => families.get(code)?.startsWith('which') || families.get(code) === 'general',
      )
      .flatMap((f) => f.participants);
    expect([...causes].sort()).toEqual(['a', 'b', 'c']);
  });
});
