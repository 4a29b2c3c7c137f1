import type { Finding, JsonValue, Observations, Severity } from '../model.js';
import { severities } from '../model.js';
import { oneLine } from '../schema/shell-quote.js';
import {
  acceptedDespiteDrift,
  despiteDriftFix,
  despiteDriftMessage,
  secondFaultFix,
  secondFaultMessage,
  secondFaultOf,
} from './amendments.js';
import type { Comparison } from './compare.js';
import { remedyOf, stepsOf, text } from './remedy-steps.js';
import type { Evidence, Family, Rule } from './rule.js';

/** Families in which a participant has exactly one cause: the first rule that proves one claims it. */
const exclusive: ReadonlySet<Family> = new Set(['which-bytes', 'which-secret', 'general', 'token-refused']);

/** Families whose causes explain a fingerprint. */
const ofFingerprints: ReadonlySet<Family> = new Set(['which-bytes', 'which-secret', 'general']);

/** A finding and the rule that made it. */
export interface AppliedRules {
  readonly rule: Rule;
  readonly finding: Finding;
}

/** Applies the rules in their order. The most severe findings come first; equally severe ones stay in the order of the rules. */
export function applyRules(
  rules: readonly Rule[],
  observations: Observations,
  comparison: Comparison,
): AppliedRules[] {
  const claimed = new Set<string>();
  const issuers = new Set(observations.participants.filter((p) => p.role === 'issuer').map((p) => p.name));
  const found: AppliedRules[] = [];
  for (const rule of rules) {
    const proved: Evidence[] = [];
    for (const evidence of rule.find(observations, comparison)) {
      const claims = exclusive.has(rule.family) || evidence.isCause === true;
      const left = claims ? unclaimed(evidence, claimed) : evidence;
      if (left === null) continue;
      proved.push(left);
      if (claims) for (const name of left.participants) claimed.add(name);
    }
    for (const evidence of rule.joint ? together(proved) : proved.map(alone)) {
      found.push({ rule, finding: finding(rule, evidence, observations, comparison, issuers) });
    }
  }
  const rank = (f: AppliedRules) => severities.indexOf(f.finding.severity);
  return found.sort((a, b) => rank(b) - rank(a));
}

function unclaimed(evidence: Evidence, claimed: ReadonlySet<string>): Evidence | null {
  if (evidence.participants.length === 0) return claimed.size === 0 ? evidence : null;
  const participants = evidence.participants.filter((name) => !claimed.has(name));
  return participants.length === 0 ? null : { ...evidence, participants };
}

/** Merges causes with the same facts into one, at the place of the first. */
function together(proved: readonly Evidence[]): Evidence[] {
  const shared = new Map<string, [Evidence, ...Evidence[]]>();
  for (const evidence of proved) {
    const key = JSON.stringify(evidence.facts);
    const others = shared.get(key);
    if (others === undefined) shared.set(key, [evidence]);
    else others.push(evidence);
  }
  return [...shared.values()].map((all) => ({
    participants: all.flatMap((evidence) => evidence.participants),
    ...own(all[0]),
    facts: { ...all[0].facts, ...gathered(all) },
  }));
}

/** The facts that differ between participants: a list of distinct values, or the value itself if there is only one. */
function gathered(all: readonly Evidence[]): Evidence['facts'] {
  const values = new Map<string, Map<string, JsonValue>>();
  for (const { each = {} } of all) {
    for (const [key, value] of Object.entries(each)) {
      const distinct = values.get(key) ?? new Map<string, JsonValue>();
      values.set(key, distinct.set(JSON.stringify(value), value));
    }
  }
  return Object.fromEntries(
    [...values].map(([key, distinct]): [string, JsonValue] => {
      const [first = null, ...others] = distinct.values();
      return [key, others.length === 0 ? first : [first, ...others]];
    }),
  );
}

const alone = (evidence: Evidence): Evidence => ({
  ...own(evidence),
  participants: evidence.participants,
  facts: { ...evidence.facts, ...evidence.each },
});

const own = ({ isCause, severity, advice }: Evidence): Pick<Evidence, 'isCause' | 'severity' | 'advice'> => ({
  ...(advice === undefined ? {} : { advice }),
  ...(isCause === undefined ? {} : { isCause }),
  ...(severity === undefined ? {} : { severity }),
});

function finding(
  rule: Rule,
  evidence: Evidence,
  observations: Observations,
  comparison: Comparison,
  issuers: ReadonlySet<string>,
): Finding {
  const wanted = evidence.severity ?? rule.severity;
  const severity: Severity =
    wanted !== 'by-role'
      ? wanted
      : evidence.participants.some((name) => issuers.has(name))
        ? 'critical'
        : 'error';
  const [name, ...others] = evidence.participants;
  const isCause = exclusive.has(rule.family) || evidence.isCause === true;
  const second =
    isCause && name !== undefined && others.length === 0 ? secondFaultOf(observations, name) : null;
  const inSpite = ofFingerprints.has(rule.family)
    ? acceptedDespiteDrift(comparison, evidence.participants)
    : null;
  const steps = [
    ...(inSpite === null ? [] : [text(despiteDriftFix(inSpite))]),
    ...stepsOf(rule.fix(evidence, observations)),
    ...(second === null ? [] : [text(secondFaultFix(second, oneLine(name ?? '')))]),
  ];
  return {
    code: rule.code,
    severity,
    participants: evidence.participants,
    message: joined(
      rule.message(evidence, observations),
      second && secondFaultMessage(second),
      inSpite && despiteDriftMessage(inSpite, observations),
    ),
    evidence:
      second === null
        ? evidence.facts
        : { ...evidence.facts, alsoRejects: second.rejects, answerWithRightKey: second.answer },
    remedy: remedyOf(steps),
    steps,
  };
}

const joined = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null).join(' ');
