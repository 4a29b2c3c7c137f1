import type { RemedyStep } from '../../../model.js';
import type { GoogleSecret } from '../../../observe/sources/google/google-secret-manager.js';
import { roleOf } from '../../../observe/sources/google/permissions.js';
import { versionCommand } from '../../../observe/sources/google/stored-secret.js';
import { formatTime } from '../../../report/text/format.js';
import { foreignVersionIn } from '../../../rotate/adopt.js';
import { aliasRefusal } from '../../../rotate/advance-rotation.js';
import type { RefusalReason } from '../../../rotate/refusal.js';
import type { RotationResult, RotationRun } from '../../../rotate/rotation-context.js';
import { formatDuration } from '../../../schema/duration.js';
import { singleKeyServices } from './next-step.js';

/** What notes are made of. */
export interface NotesInput {
  readonly run: RotationRun;
  readonly result: RotationResult;
  readonly source: GoogleSecret;
  readonly label: (text: string) => string;
  readonly now: number;
}

/** A disabled version can be enabled again; destroying it should wait for so long. Milliseconds. */
const keepDisabled = 30 * 86_400_000;

/** Refusals that an older state than the present one leads to. */
const seemsNew: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  'no-rotation',
  'nothing-to-undo',
  'open-rotation',
  'aliases-changed',
]);

/** What has to be known besides the state, the gate and the steps. */
export const notesOf = (input: NotesInput): RemedyStep[] => [
  ...textNotes(input).map((text) => ({ text })),
  ...destroyNote(input),
];

function textNotes(input: NotesInput): string[] {
  const { result, run } = input;
  const { view, plan, stop, missing, unread, gate } = result;
  const record = view?.record ?? null;
  const single = run.isCutover ? [] : singleKeyServices(result);
  const late =
    gate !== null && !gate.holds && record?.state === 'staged'
      ? gate.waitingFor.filter(({ is, condition }) => is === 'refuted' && condition === 'accepts-new-key')
      : [];
  const moved = view !== null && run.command === 'status' ? aliasRefusal(view.record, view) : null;
  const foreign = view !== null && run.command === 'status' ? foreignVersionIn(view) : null;
  return [
    ...cutoverNotes(input),
    ...emergencyNote(input),
    ...(moved === null ? [] : [`${moved.message}.`, moved.hint]),
    ...(foreign === null ? [] : [`${foreign.message}.`, foreign.hint]),
    ...(stop?.hint == null ? [] : [stop.hint]),
    ...(plan?.outcome.is === 'refused' && stop === null ? [plan.outcome.hint] : []),
    ...(plan?.outcome.is === 'refused' && seemsNew.has(plan.outcome.reason)
      ? [
          'If a step was taken within the last minutes, Secret Manager may still return the older state: run the command again.',
        ]
      : []),
    ...(plan?.outcome.is === 'refused' && plan.outcome.until !== undefined
      ? [`It is worth another try in ${formatDuration(Math.max(0, plan.outcome.until - input.now))}.`]
      : []),
    ...missing.map((permission) => `${permission} is granted by ${roleOf[permission]}.`),
    ...unread.map(({ version, error }) => `Version ${version} could not be read: ${error.message}`),
    ...pendingNote(result),
    ...(single.length === 0
      ? []
      : [
          `${single.join(', ')} ${single.length === 1 ? 'lists' : 'list'} no accepted keys (accepts), so it is not known whether ${single.length === 1 ? 'it' : 'they'} can hold two keys. A service that reads one key when it starts cannot rotate without downtime: this rotation would stop at staged, where rollback is harmless. jwtcheck rotate plan --cutover shows the alternative.`,
        ]),
    ...restartNote(input),
    ...(late.length === 0
      ? []
      : [
          'A verifier that reads its key only when it starts needs a hook for the state staged that restarts it; one that can hold a single key has no order without downtime: roll back, then see jwtcheck rotate plan --cutover.',
        ]),
  ];
}

function cutoverNotes({ run, result: { cutover, plan } }: NotesInput): string[] {
  if (cutover !== null) {
    const { from, until, presented, rejected } = cutover.window;
    return from === null || until === null
      ? [`No valid token was rejected: ${presented} were presented.`]
      : [
          `Valid tokens were rejected for ${formatDuration(Math.max(1000, until - from))}, from ${formatTime(new Date(from).toISOString())} to ${formatTime(new Date(until).toISOString())}: ${rejected} of ${presented} that were presented.`,
        ];
  }
  return run.isCutover && !run.apply && plan?.outcome.is === 'ready'
    ? [
        'A cutover has no time in which both keys are accepted: valid tokens are rejected from the first rollout until the last one is complete. Where a service does not take the new key over within rotation.patience, the old version is brought back.',
      ]
    : [];
}

/** What has to be known before an emergency: no other step is without a way back. */
function emergencyNote({ run, result: { plan, view } }: NotesInput): string[] {
  if (run.command !== 'emergency' || run.apply || plan?.outcome.is !== 'ready') return [];
  const leaked = plan.steps.findLast((step) => step.do === 'update')?.record.from ?? view?.record?.from;
  return [
    `There is no way back: version ${leaked} has leaked, so jwtcheck rotate rollback does not bring it back.`,
  ];
}

/** What remains once a rotation is finished, and is left to people. */
function destroyNote({ run, result: { view }, source, label }: NotesInput): RemedyStep[] {
  const record = view?.record ?? null;
  if ((run.command !== 'next' && run.command !== 'status') || record?.state !== 'finished') return [];
  if (record.times.finished === undefined) return [];
  const command = versionCommand('destroy', record.from, source, label);
  if (command === null) return [];
  const keptUntil = new Date(Date.parse(record.times.finished) + keepDisabled).toISOString();
  return [
    {
      text: `Version ${record.from} is disabled and can be enabled again. jwtcheck never destroys a version. You can do so from ${formatTime(keptUntil).slice(0, 10)} on:`,
    },
    { command },
  ];
}

/** After an emergency, the next command only waits: a service that does not read its keys again needs a restart. */
function restartNote({ result: { view, gate } }: NotesInput): string[] {
  const record = view?.record ?? null;
  if (gate === null || gate.holds || record?.mode !== 'emergency' || record.state !== 'revoked') return [];
  const names = gate.waitingFor.flatMap(({ participant, is }) =>
    participant === null || is === 'unproved' ? [] : [participant],
  );
  return names.length === 0
    ? []
    : [
        `Services that read their keys only at start still use the leaked one. Restart or redeploy these, unless they read version ${record.to} by themselves: ${[...new Set(names)].join(', ')}.`,
      ];
}

/** Programs that an interrupted step left to run. */
function pendingNote({ plan, stop }: RotationResult): string[] {
  if (stop?.is !== 'program' || plan === null) return [];
  const pending = plan.steps.flatMap((step) => (step.do === 'run' ? [step.task] : []));
  return pending.length === 0
    ? []
    : ['jwtcheck rotate next --apply runs it again, and then what is left of this step.'];
}
