import type { FindingCode } from '../../finding-codes.js';
import type { Report, ReportAttempt, ReportRotation, RotationLack } from '../../model.js';
import { formatElapsed } from '../../schema/duration.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';

const nameColumns = 40;
const mostNames = 3;

/**
 * An open rotation in one line: its versions, its state, and the participants for which something is missing. `null` if none is open.
 * `Rotation 7 → 8: promoted since 12 min; backend_service does not accept version 8 yet`
 */
export function rotationLine({ rotation, startedAt }: Pick<Report, 'rotation' | 'startedAt'>): string | null {
  if (rotation === undefined) return null;
  const { from, to, state, mode, since } = rotation;
  const age = formatElapsed(Date.parse(startedAt) - Date.parse(since));
  const how = mode === 'overlap' ? '' : ` (${mode})`;
  return [`Rotation ${from} → ${to}${how}: ${state} since ${age}`, ...lacksIn(rotation)].join('; ');
}

/** What is refuted, and after it what is not proved. */
function lacksIn({ participants, to }: ReportRotation): string[] {
  const grouped = new Map<string, { lack: RotationLack; names: string[] }>();
  for (const { name, lacks } of participants)
    for (const lack of lacks) {
      const key = JSON.stringify([lack.must, lack.version, lack.isRefuted]);
      const group = grouped.get(key) ?? { lack, names: [] };
      group.names.push(name);
      grouped.set(key, group);
    }
  return [...grouped.values()]
    .sort((a, b) => Number(b.lack.isRefuted) - Number(a.lack.isRefuted))
    .map(({ lack, names }) => lackText(lack, names, to));
}

function lackText({ must, version, isRefuted }: RotationLack, names: readonly string[], to: number): string {
  const who = namesText(names);
  const does = names.length === 1 ? 'does' : 'do';
  const yet = version === to ? ' yet' : '';
  if (!isRefuted) return `not proved that ${who} ${must}${names.length === 1 ? 's' : ''} version ${version}`;
  switch (must) {
    case 'accept':
      return `${who} ${does} not accept version ${version}${yet}`;
    case 'sign':
      return `${who} ${does} not sign with version ${version}${yet}`;
    case 'reject':
      return `${who} still accept${names.length === 1 ? 's' : ''} version ${version}`;
  }
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => sanitizeAndTruncate(name, nameColumns));
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** The findings about participants that are not where an open rotation wants them. */
const placeCodes: ReadonlySet<FindingCode> = new Set([
  'signs-too-early',
  'signs-with-retired-key',
  'rotation-lagging',
]);

/**
 * Where participants are that are not where an open rotation wants them. `lagging`: they have time to follow.
 * `deviating`: it is a fault.
 */
export function rotationPlaces({
  findings,
}: Pick<Report, 'findings'>): ReadonlyMap<string, 'lagging' | 'deviating'> {
  const places = new Map<string, 'lagging' | 'deviating'>();
  for (const { code, severity, participants } of findings) {
    if (!placeCodes.has(code)) continue;
    const place = severity === 'warning' || severity === 'info' ? 'lagging' : 'deviating';
    for (const name of participants) if (places.get(name) !== 'deviating') places.set(name, place);
  }
  return places;
}

/** Finds the answers that are not the expected ones, and belong to a rotation that goes as planned. */
export function toleratedIn(report: Report): (attempt: ReportAttempt) => boolean {
  const { rotation, findings } = report;
  if (rotation === undefined) return () => false;
  const places = rotationPlaces(report);
  const accepting = new Set(
    findings.filter(({ code }) => code === 'accepts-retired-key').flatMap(({ participants }) => participants),
  );
  return ({ participant, token, version, result, expected }) => {
    if (version === undefined || result === expected) return false;
    if (token === 'genuine') return places.get(participant) === 'lagging';
    const isRevoked = rotation.state === 'revoked' && version === String(rotation.from);
    return token === 'retired' && isRevoked && !accepting.has(participant);
  };
}
