import { rules } from '../judge/rules/index.js';
import { type Finding, isAtLeast, type Report } from '../model.js';
import type { Action, FixPlan, FixRefusal, PlannedFinding, Proposal, Reason } from './action.js';
import { hashOf } from './plan-hash.js';
import type { PlanInput } from './plan-input.js';
import { isReferenceAtFault, proposeNewVersion } from './propose-new-version.js';
import { proposeRollout } from './propose-rollout.js';

/**
 * The plan that would fix what a check found: an action only where the evidence proves that it fixes the cause. Pure: the
 * same report and the same knowledge give the same plan, with the same hash.
 */
export function planFix(report: Report, known: PlanInput): FixPlan {
  const failing = report.findings.filter((one) => isFailing(one, report));
  const isClean = report.verdict === 'consistent' && report.exitCode === 0;
  const refusal = isClean ? null : refusalOf(report, known);
  const actions: Action[] = [];
  const findings = report.findings.map((finding) =>
    refusal === null ? planned(finding, { report, known, actions }) : withoutActions(finding),
  );
  const unfixed = failing.filter((finding) => {
    const { reasons = [], actions: own = [] } = findings[report.findings.indexOf(finding)] ?? {};
    return reasons.length > 0 || own.length === 0;
  }).length;
  const { environment, verdict } = report;
  const hash = actions.length === 0 ? null : hashOf({ report, known, actions });
  return { environment, verdict, refusal, findings, actions, hash, unfixed, isClean };
}

/** Whether a finding makes the check fail. */
function isFailing({ severity }: Finding, report: Report): boolean {
  const least = report.verdict === 'consistent' && report.exitCode === 0 ? 'critical' : 'error';
  return isAtLeast(severity, least);
}

function refusalOf({ verdict, reference, environment }: Report, { rotation }: PlanInput): FixRefusal | null {
  if (verdict === 'inconclusive')
    return {
      is: 'inconclusive',
      message: 'the check is inconclusive, so nothing is planned',
      hint: 'Fix what could not be read first.',
    };
  if (reference === null)
    return {
      is: 'no-reference',
      message: `${environment} has no reference, so it is not known which secret is right`,
      hint: 'Set `reference` to the participant that holds the right secret.',
    };
  if (rotation.is === 'unknown')
    return {
      is: 'rotation-unknown',
      message: `it is not known whether a rotation is open: ${rotation.message}`,
      hint: rotation.hint ?? 'See `jwtcheck rotate status`.',
    };
  if (rotation.is === 'open')
    return {
      is: 'rotation-open',
      message: `a rotation is open (${rotation.state}), so nothing else is changed`,
      hint: 'Plan again once it is finished or undone.',
    };
  return null;
}

function planned(
  finding: Finding,
  { report, known, actions }: { report: Report; known: PlanInput; actions: Action[] },
): PlannedFinding {
  const own = new Set<number>();
  const reasons = new Map<string, Reason & { participants: string[] }>();
  const isAtFault = isReferenceAtFault(finding, report, known);
  // One new version fixes it for every participant that holds the secret without the fault.
  const subjects = isAtFault || finding.participants.length === 0 ? [null] : finding.participants;
  for (const name of subjects) {
    const proposal =
      name === null
        ? isAtFault
          ? proposeNewVersion(finding, report, known)
          : notAutomatic
        : propose(finding, name, report, known);
    if ('action' in proposal) own.add(positionOf(proposal.action, actions));
    else {
      const { reason } = proposal;
      const participants = name === null ? finding.participants : [name];
      const before = reasons.get(reason.text);
      if (before === undefined) reasons.set(reason.text, { ...reason, participants: [...participants] });
      else before.participants.push(...participants);
    }
  }
  const { code, severity, participants, message, steps } = finding;
  return {
    ...{ code, severity, participants, message, steps },
    actions: [...own],
    reasons: [...reasons.values()],
  };
}

const withoutActions = ({ code, severity, participants, message, steps }: Finding): PlannedFinding => ({
  ...{ code, severity, participants, message, steps },
  actions: [],
  reasons: [],
});

/** Two findings may need the same action. */
function positionOf(action: Action, actions: Action[]): number {
  const there = actions.findIndex((one) => one.do === action.do && one.participant === action.participant);
  return there === -1 ? actions.push(action) - 1 : there;
}

/** Families of findings that say which other secret a participant holds. */
const ofSecrets: ReadonlySet<string> = new Set(['which-bytes', 'which-secret', 'general']);
const familyOf = new Map(rules.map(({ code, family }) => [code, family]));

const notAutomatic: Proposal = {
  reason: { is: 'not-automatic', text: 'jwtcheck has no action for this: follow the remedy' },
};

function propose(finding: Finding, name: string, report: Report, known: PlanInput): Proposal {
  if (name === report.reference?.participant) return notAutomatic;
  const isOfSecret = ofSecrets.has(familyOf.get(finding.code) ?? '');
  const isEntry = known.participants.get(name)?.file != null;
  const isRollout = finding.code === 'stale-secret-version' || finding.code === 'replicas-disagree';
  if (!isOfSecret || !(isEntry || isRollout)) return notAutomatic;
  const faulty = faultOfReference(report, known);
  if (faulty !== null)
    return {
      reason: {
        is: 'reference-at-fault',
        text: `fix the reference first: it has the finding ${faulty.code}`,
      },
    };
  return isEntry ? proposeEntry(finding, name, report, known) : proposeRollout(finding, name, report, known);
}

/** A fault of the secret that all participants are compared with: giving it to more participants would fix nothing. */
function faultOfReference(report: Report, known: PlanInput): Finding | null {
  const name = report.reference?.participant ?? '';
  const grave = ({ severity }: Finding): boolean => isAtLeast(severity, 'error');
  return (
    report.findings.find(
      (one) => grave(one) && (one.participants.includes(name) || isReferenceAtFault(one, report, known)),
    ) ?? null
  );
}

/** The rewriting of an entry of a dotenv file that does not hold the secret of the reference. */
function proposeEntry(finding: Finding, name: string, report: Report, known: PlanInput): Proposal {
  const file = known.participants.get(name)?.file ?? null;
  const one = report.participants.find((participant) => participant.name === name);
  const reference = known.participants.get(report.reference?.participant ?? '');
  if (file === null || one?.agrees !== false)
    return { reason: { is: 'not-proved', text: 'it is not proved that its entry is wrong' } };
  if (reference?.yieldsSecret !== true)
    return { reason: { is: 'not-automatic', text: 'the reference does not yield the secret itself' } };
  if (file.obstacle !== null || file.identity === null)
    return { reason: { is: 'file-obstacle', text: file.obstacle ?? `${file.path} does not exist` } };
  const fingerprint = report.reference?.fingerprint ?? null;
  if (fingerprint === null)
    return { reason: { is: 'not-proved', text: 'the fingerprint of the reference is not known' } };
  const { path, key, identity } = file;
  return { action: { do: 'file', participant: name, cause: finding.code, path, key, identity, fingerprint } };
}
