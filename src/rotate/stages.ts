import { aliasesIn, type RotationRecord, termsOf } from '../rotation/rotation-record.js';
import { adopt, cameLater, type NewKey } from './adopt.js';
import type { Aim } from './aim.js';
import { type Refusal, refuse } from './refusal.js';
import type { Situation } from './rotation-plan.js';
import { pendingTasks, type Step } from './steps.js';
import { aliasesAfter, entered, type SecretView } from './transitions.js';

/** More steps than any plan has. */
const mostSteps = 1000;

/** The steps to an aim, each from what the one before leaves behind. */
export function stepsTo(aim: Aim, inUse: number | null, situation: Situation): readonly Step[] | Refusal {
  const steps: Step[] = [];
  let { view } = situation;
  let { record } = aim;
  while (steps.length < mostSteps) {
    const next = stage({ ...aim, record }, { ...situation, view }, inUse);
    if ('is' in next) return next;
    if (next.length === 0) break;
    for (const step of next) {
      steps.push(step);
      view = viewAfter(view, step, situation.key);
      if (step.do === 'update') record = step.record;
    }
  }
  return steps;
}

/** The next few steps; none where the aim is reached. */
function stage(aim: Aim, situation: Situation, inUse: number | null): readonly Step[] | Refusal {
  const { view, settings, key, trusts } = situation;
  const { record } = aim;
  const now = new Date(situation.now).toISOString();
  if (record !== null && record.state === aim.state) return finish(record, situation);
  const allTrusts = [...new Set([...(record?.trusts ?? []), ...trusts])];
  if (record === null || record.to === null || (record.state === 'idle' && !aim.isBack)) {
    const adopted = adopt({
      record,
      versions: view.versions,
      aliases: view.aliases,
      mode: aim.mode,
      inUse,
      key,
      trusts: allTrusts,
      terms: termsOf(settings),
      now: situation.now,
    });
    if (adopted.is !== 'version') return adopted.is === 'steps' ? adopted.steps : adopted;
    const { to, surplus } = adopted;
    // The version of a rotation that was undone is used again; its times are not.
    const times = { opened: adopted.record.times.opened };
    const ready: RotationRecord = { ...adopted.record, to, times, terms: termsOf(settings) };
    return before(surplus, enter(ready, aim, view, now, allTrusts));
  }
  // Going back and an emergency are not held up by versions that others add.
  const later = aim.isBack || aim.mode === 'emergency' ? [] : cameLater(record, view.versions);
  return 'is' in later ? later : before(later, enter(record, aim, view, now, allTrusts));
}

/** Steps before others that may be refused. */
const before = (first: readonly Step[], then: readonly Step[] | Refusal): readonly Step[] | Refusal =>
  'is' in then ? then : [...first, ...then];

/** State and aliases move together, in one write. */
function enter(
  record: RotationRecord,
  { state, mode, isBack }: Aim,
  view: SecretView,
  now: string,
  trusts: readonly string[],
): readonly Step[] | Refusal {
  const { current, next, previous } = aliasesIn(state, record.from, record.to);
  for (const needed of [current, next, previous]) {
    const found = view.versions.find(({ number }) => number === needed)?.state;
    if (needed !== null && found !== 'ENABLED')
      return refuse(
        'disabled-version',
        `Version ${needed} is ${found === undefined ? 'gone' : found.toLowerCase()}, and services have to read it in the state ${state}`,
        found === 'DISABLED'
          ? `Enable version ${needed}, then run the command again.`
          : 'Undo the rotation with `jwtcheck rotate rollback`, or start another one.',
      );
  }
  const after = entered(record, state, now, { mode, trusts: [...trusts], isBack });
  return [{ do: 'update', why: 'state', record: after, aliases: aliasesAfter(view.aliases, state, after) }];
}

/** What is left within a state: at the end the old version is disabled, then programs run, each noted once it has run. */
function finish(record: RotationRecord, { view, settings, rollouts }: Situation): readonly Step[] | Refusal {
  if (isStillEnabled(record, view)) {
    const alias = [...view.aliases].find(([, version]) => version === record.from)?.[0];
    if (alias !== undefined)
      return refuse(
        'alias-on-retired-version',
        `The alias ${alias} stands for version ${record.from}: a service that follows it could not start once that is disabled`,
        `Move the alias ${alias} to version ${record.to}, or remove it, then run the command again.`,
      );
    return [{ do: 'disable-version', version: record.from, why: 'retired' }];
  }
  const [task] = pendingTasks(record, settings, rollouts);
  if (task === undefined) return [];
  const noted = { ...record, done: [...record.done, task.task] };
  return [
    { do: 'run', ...task },
    { do: 'update', why: 'progress', record: noted, aliases: view.aliases },
  ];
}

const isStillEnabled = ({ state, from }: RotationRecord, { versions }: SecretView): boolean =>
  state === 'finished' && versions.some(({ number, state }) => number === from && state === 'ENABLED');

/** Whether something in the present state was begun and is not done. */
export const hasPending = (record: RotationRecord, { settings, rollouts, view }: Situation): boolean =>
  isStillEnabled(record, view) || pendingTasks(record, settings, rollouts).length > 0;

/** The secret after a step, as far as planning goes by it. */
export function viewAfter(view: SecretView, step: Step, key: Pick<NewKey, 'hash'>): SecretView {
  switch (step.do) {
    case 'update':
      return { ...view, record: step.record, aliases: step.aliases };
    case 'add-version':
      return {
        ...view,
        versions: [...view.versions, { number: step.expected, state: 'ENABLED', hash: key.hash }],
      };
    case 'disable-version':
      return {
        ...view,
        versions: view.versions.map((one) =>
          one.number === step.version ? { ...one, state: 'DISABLED' } : one,
        ),
      };
    case 'run':
      return view;
  }
}
