import { toldOf } from './drift.js';
import type { Outage, Telling } from './model.js';
import { reasonsFor } from './sight.js';
import { type Step, type Stepped, telling } from './step.js';
import { outageInWords, recoveryInWords } from './summary.js';

type Outages = { readonly [participant: string]: Outage };

/** How one participant stands after the check; `null`: there is nothing more to remember of it. */
interface Passed {
  readonly outage: Outage | null;
  readonly tellings: readonly Telling[];
}

/** Who cannot be reached after one more check. While the monitor is blind, nobody goes away and nobody comes back. */
export function stepOutages(outages: Outages, step: Step): Stepped<Outages> {
  const { outcome, sight } = step;
  if (outcome.is === 'failed') return { next: outages, tellings: [] };
  const before = new Map(Object.entries(outages));
  const required = new Map(outcome.report.participants.map((p) => [p.name, p.required]));
  const passed = [...new Set([...before.keys(), ...sight.away])].map((name): [string, Passed] => {
    const outage = before.get(name) ?? null;
    const isRequired = required.get(name);
    if (isRequired !== true && outage !== null) return [name, closed(name, outage, isRequired, step)];
    if (sight.frozen || (sight.unknown.has(name) && !sight.away.has(name)))
      return [name, { outage, tellings: [] }];
    return [name, sight.away.has(name) ? away(name, outage, step) : back(name, outage, step)];
  });
  return {
    // Names are anybody's choice, `__proto__` too; this way each is a property of its own.
    next: Object.fromEntries(
      passed.flatMap(([name, { outage }]): [string, Outage][] => (outage === null ? [] : [[name, outage]])),
    ),
    tellings: passed.flatMap(([, { tellings }]) => tellings),
  };
}

function away(name: string, before: Outage | null, step: Step): Passed {
  const count = (before?.away ?? 0) + 1;
  const since = before?.since ?? step.at;
  const told = before?.told ?? null;
  const outage: Outage = { away: count, back: 0, since, told };
  if (told !== null || count < step.policy.failureThreshold) return { outage, tellings: [] };
  const incident = `${step.environment}/${since}/${name}`;
  const reasons = step.outcome.is === 'report' ? reasonsFor(step.outcome.report, name) : [];
  const event = telling(step, {
    incident,
    type: 'participant-unreachable',
    level: 'WARNING',
    since,
    participants: [name],
    summary: outageInWords(name, since, step),
    findings: reasons.slice(0, 10).map(toldOf),
  });
  return { outage: { ...outage, told: incident }, tellings: [event] };
}

function back(name: string, before: Outage | null, step: Step): Passed {
  if (before === null || before.told === null) return { outage: null, tellings: [] };
  const count = before.back + 1;
  if (count < step.policy.successThreshold)
    return { outage: { ...before, away: 0, back: count }, tellings: [] };
  return { outage: null, tellings: [recovered(name, before, before.told, 'is back', step)] };
}

/** Nobody waits for it any more: it left the configuration, or may be away now. What was told comes to an end. */
function closed(name: string, before: Outage, required: boolean | undefined, step: Step): Passed {
  const how = required === undefined ? 'is no longer checked' : 'is allowed to be away now';
  return {
    outage: null,
    tellings: before.told === null ? [] : [recovered(name, before, before.told, how, step)],
  };
}

function recovered(name: string, { since }: Outage, incident: string, how: string, step: Step): Telling {
  const summary = recoveryInWords(name, how, since, step);
  return telling(
    step,
    { incident, type: 'participant-recovered', level: 'INFO', since, participants: [name], summary },
    'WARNING',
  );
}
