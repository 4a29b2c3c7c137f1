import type { Finding, Report } from '../model.js';
import type { Proposal } from './action.js';
import type { Known } from './known.js';

/** The rewriting of an entry of a dotenv file that does not hold the secret of the reference. */
export function proposeEntry(finding: Finding, name: string, report: Report, known: Known): Proposal {
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
