import { isAtLeast, levels, type Report, type Verdict } from '../model.js';
import type { Action } from './action.js';

/** How an action changed an environment. */
export type Progress =
  | { readonly is: 'fixed' | 'unchanged' | 'unknown' }
  /** `what`: the first thing that got worse, in words. */
  | { readonly is: 'worse'; readonly what: string };

/** Compares the check after an action with the one before. */
export function progressOf(
  before: Report,
  after: Report,
  action: Action,
  concerned: readonly string[],
): Progress {
  const what = worsened(before, after);
  if (what !== null) return { is: 'worse', what };
  if (after.verdict === 'inconclusive') return { is: 'unknown' };
  const isLeft = after.findings.some(
    ({ code, participants }) =>
      code === action.cause && participants.some((name) => concerned.includes(name)),
  );
  const isApart = after.participants.some(({ name, agrees }) => concerned.includes(name) && agrees !== true);
  return { is: isLeft || isApart ? 'unchanged' : 'fixed' };
}

const rank: Readonly<Record<Verdict, number>> = { consistent: 0, inconclusive: 1, inconsistent: 1 };

/** The first thing that is worse than before; `null`: nothing. */
function worsened(before: Report, after: Report): string | null {
  const bad = new Set(before.participants.filter(({ agrees }) => agrees === false).map(({ name }) => name));
  const newly = after.participants.find(({ name, agrees }) => agrees === false && !bad.has(name));
  if (newly !== undefined) return `${newly.name} does not hold the secret of the reference any more`;
  const known = new Set(pairsOf(before).map(({ key }) => key));
  const fresh = pairsOf(after).find(({ key, severity }) => isAtLeast(severity, 'error') && !known.has(key));
  if (fresh !== undefined)
    return `a new finding: ${fresh.code}${fresh.name === null ? '' : ` (${fresh.name})`}`;
  if (levels.indexOf(after.level) > levels.indexOf(before.level)) return `the level is ${after.level} now`;
  return rank[after.verdict] > rank[before.verdict] ? `the check is ${after.verdict} now` : null;
}

const pairsOf = ({ findings }: Report) =>
  findings.flatMap(({ code, severity, participants }) =>
    (participants.length === 0 ? [null] : participants).map((name) => ({
      code,
      severity,
      name,
      key: `${code} ${name ?? ''}`,
    })),
  );
