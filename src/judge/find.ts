import type { Finding, Observations, Severity } from '../model.js';
import { severities } from '../model.js';
import type { Comparison } from './compare.js';
import type { Evidence, Family, Rule } from './rule.js';

/** Families in which a participant has exactly one cause: the first rule that proves one claims it. */
const exclusive: ReadonlySet<Family> = new Set(['which-bytes', 'which-secret', 'general', 'token-refused']);

/** A finding and the rule that made it. */
export interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
}

/** Applies the rules in their order. The worst come first; what is equally bad stays in the rules' order. */
export function findAll(rules: readonly Rule[], observations: Observations, comparison: Comparison): Found[] {
  const claimed = new Set<string>();
  const issuers = new Set(observations.participants.filter((p) => p.role === 'issuer').map((p) => p.name));
  const found: Found[] = [];
  for (const rule of rules) {
    const claims = exclusive.has(rule.family);
    for (const evidence of rule.find(observations, comparison)) {
      const left = claims ? unclaimed(evidence, claimed) : evidence;
      if (left === null) continue;
      found.push({ rule, finding: finding(rule, left, observations, issuers) });
      if (claims) for (const name of left.participants) claimed.add(name);
    }
  }
  const rank = (f: Found) => severities.indexOf(f.finding.severity);
  return found.sort((a, b) => rank(b) - rank(a));
}

function unclaimed(evidence: Evidence, claimed: ReadonlySet<string>): Evidence | null {
  if (evidence.participants.length === 0) return claimed.size === 0 ? evidence : null;
  const participants = evidence.participants.filter((name) => !claimed.has(name));
  return participants.length === 0 ? null : { ...evidence, participants };
}

function finding(
  rule: Rule,
  evidence: Evidence,
  observations: Observations,
  issuers: ReadonlySet<string>,
): Finding {
  const severity: Severity =
    rule.severity !== 'by-role'
      ? rule.severity
      : evidence.participants.some((name) => issuers.has(name))
        ? 'critical'
        : 'error';
  return {
    code: rule.code,
    severity,
    participants: evidence.participants,
    message: rule.message(evidence, observations),
    evidence: evidence.facts,
    remedy: rule.fix(evidence, observations),
  };
}
