import { type FindingCode, findingCodes } from '../finding-codes.js';
import type { Finding, JsonValue, Report } from '../model.js';
import type { Proposal, Reason } from './action.js';
import type { PlanInput } from './plan-input.js';

/** Faults that a reader which removes them itself does not notice to be gone. */
const added: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'trailing-newline',
  'crlf-line-ending',
  'surrounding-whitespace',
  'byte-order-mark',
  'quotes-kept',
]);

/** Encodings: a service that decodes the secret on purpose would break without them. */
const encodings: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'base64-not-decoded',
  'url-encoded',
  'character-encoding',
]);

/** Sources that prove nothing about a participant other than themselves. */
const noWitness: ReadonlySet<string | null> = new Set(['pinned', 'token']);

/** Several participants have to agree on the secret without the fault. */
const leastHolders = 2;

/**
 * Whether the secret of the reference is the changed one: by the finding, or because the version in use is a changed copy of
 * the older version that the finding names.
 */
export const isReferenceAtFault = (finding: Finding, { reference }: Report, known: PlanInput): boolean =>
  reference !== null &&
  (finding.evidence.distorted === reference.participant || copiedFrom(finding, known) !== null);

/** The changes of the version in use, if it is a changed copy of the older version that the finding names. */
function copiedFrom({ code, evidence }: Finding, { store }: PlanInput): readonly FindingCode[] | null {
  const versions = code === 'stale-secret-version' ? [evidence.version] : Object.values(evidence.older ?? {});
  return (
    versions.map((version) => store?.copies.get(String(version))).find((one) => one !== undefined) ?? null
  );
}

const reasoned = (is: Reason['is'], text: string): Proposal => ({ reason: { is, text } });

/** A version without the fault of the reference, where it is proved to be the reference's own. */
export function proposeNewVersion(finding: Finding, report: Report, known: PlanInput): Proposal {
  const { evidence } = finding;
  const { store } = known;
  const { participant = '', version = null } = report.reference ?? {};
  if (store === null)
    return reasoned(
      'not-automatic',
      `jwtcheck writes to Google Secret Manager only: correct ${participant} by hand`,
    );
  const copied = copiedFrom(finding, known);
  if (copied !== null && finding.code !== 'stale-secret-version')
    return reasoned('not-proved', 'the version of the reference is a changed copy of the older one');
  const removes = copied ?? codesOf(evidence.steps) ?? [finding.code];
  const isAdded = removes.every((code) => added.has(code));
  if (!isAdded && !removes.every((code) => added.has(code) || encodings.has(code)))
    return reasoned('not-automatic', 'jwtcheck does not undo such a change: follow the remedy');
  const doubt = doubtIn(finding, report, known, { isAdded, isCopy: copied !== null });
  if (doubt !== null) return reasoned('not-proved', doubt);
  if (store.follows !== 'latest')
    return reasoned(
      'pinned',
      `the configuration reads version ${store.follows} of ${participant}: a new version would not be read`,
    );
  if (version === null || String(store.newest) !== version)
    return reasoned('not-proved', `version ${version ?? '?'} is not the newest one (${store.newest ?? '?'})`);
  const alias = [...store.aliases].find(([, number]) => String(number) === version);
  if (alias !== undefined)
    return reasoned(
      'pinned',
      `services may follow the alias ${alias[0]}, which points to version ${version}`,
    );
  return {
    action: {
      do: 'new-version',
      participant,
      cause: finding.code,
      from: Number(version),
      fingerprint: String(evidence.fingerprint),
      removes,
      holders: finding.participants,
    },
  };
}

/** Why it is not proved that only the reference is at fault. */
function doubtIn(
  { evidence, participants }: Finding,
  report: Report,
  known: PlanInput,
  { isAdded, isCopy }: { readonly isAdded: boolean; readonly isCopy: boolean },
): string | null {
  if ('probably' in evidence || 'alternatives' in evidence)
    return 'the change is only probable: show more digits (fingerprint.length: 16)';
  if ((!isCopy && typeof evidence.without !== 'string') || typeof evidence.fingerprint !== 'string')
    return 'the secret without the change cannot be made from that of the reference';
  const witnesses = participants.filter(
    (name) => !noWitness.has(known.participants.get(name)?.source ?? null),
  );
  if (witnesses.length < leastHolders)
    return `only ${witnesses.length} participant holds the secret without it: several would have to agree`;
  const other = report.participants.find(
    ({ name, agrees }) => agrees === true && name !== report.reference?.participant,
  );
  if (other !== undefined) return `${other.name} holds the secret with it, as the reference does`;
  if (isAdded) return null;
  const exact = participants.filter((name) => known.participants.get(name)?.yieldsSecret === true);
  return exact.length < leastHolders
    ? 'services may decode the secret on purpose: they would break without the encoding'
    : null;
}

const codes: ReadonlySet<string> = new Set(findingCodes);
const isCode = (value: unknown): value is FindingCode => typeof value === 'string' && codes.has(value);

function codesOf(value: JsonValue | undefined): readonly FindingCode[] | null {
  if (!Array.isArray(value)) return null;
  const found = value.filter(isCode);
  return found.length === value.length && found.length > 0 ? found : [];
}
