import { setMaxListeners } from 'node:events';
import { readReference } from '../check/read-reference.js';
import { openSession, type RunOptions, type Session } from '../check/session.js';
import { timeLimitsOf } from '../check/time-limits.js';
import type { Loaded } from '../config/load.js';
import type { RemedyStep, Report } from '../model.js';
import { openNetwork } from '../observe/network/open.js';
import type { Progress } from '../observe/plan.js';
import type { GoogleSecret } from '../observe/sources/google/google-secret-manager.js';
import { readdCommand } from '../observe/sources/google/stored-secret.js';
import type { RotationStore } from '../rotate/rotation-store.js';
import { runTask } from '../rotate/run-task.js';
import { isRotatable, openRotationStore } from '../rotate/store.js';
import { shellWord } from '../schema/shell-quote.js';
import { fingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Io } from '../system/io.js';
import type { Action, NewVersion, RewriteEntry, Rollout } from './action.js';
import { addVersion } from './add-version.js';
import type { PlanInput } from './plan-input.js';
import { rotationNow } from './plan-input.js';
import { readPlanInput } from './read-plan-input.js';
import { rewriteEntry } from './rewrite-entry.js';

/** The process, as far as fixing needs it. */
export type FixIo = Pick<Io, 'env' | 'inheritedEnv' | 'now' | 'signal'>;

/** How carrying out one action ended. */
export type ActionEnd =
  | {
      readonly ok: true;
      /** What was written, in words; empty for a program. */
      readonly wrote: string;
      readonly undo: readonly RemedyStep[];
    }
  | { readonly ok: false; readonly message: string; readonly hint: string | null };

/** Reads what a plan depends on, and carries out its actions. */
export interface Fixer {
  /** One check. */
  check(progress?: Progress): Promise<Report>;
  /** What a plan depends on beside the report. */
  readPlanInput(report: Report): Promise<PlanInput>;
  /** @param plan hash of the plan that the action belongs to */
  carryOut(action: Action, plan: string): Promise<ActionEnd>;
  close(): Promise<void>;
}

/** How long an idle connection is kept between two checks; milliseconds. */
const keepMs = 90_000;

/** Opens what fixing reads and writes. @param session of a monitor, which stays open */
export function openFixer(loaded: Loaded, options: RunOptions, io: FixIo, session?: Session): Fixer {
  const { settings, environment, folder, label } = loaded;
  const { env, now } = io;
  const { timeoutMs } = timeLimitsOf(settings, options);
  const configured = settings.environments[environment];
  const source = configured?.participants[configured.reference ?? '']?.source;
  const stored = isRotatable(source) ? source : null;
  // A write that is under way at an interruption is completed.
  const whole = new AbortController();
  setMaxListeners(0, whole.signal);
  const persistent = openNetwork({ env, folder, label, keepMs });
  const network = persistent.forCheck(whole.signal);
  const opened =
    stored === null
      ? null
      : openRotationStore(stored, {
          ...{ env, now, network, folder, timeoutMs, label },
          signal: whole.signal,
          fingerprintLength: settings.fingerprint.length,
        });
  const store = opened?.ok === true ? opened.value : null;
  const own = session ?? openSession(loaded, { env });
  return {
    check: (progress = () => {}) => own.check(options, { now, signal: io.signal, progress }),
    readPlanInput: (report) => readPlanInput(report, { loaded, limits: options, store, ...io }),
    async carryOut(action, plan) {
      const obstacle = action.do === 'new-version' ? null : await rotationObstacle(store);
      if (obstacle !== null) return obstacle;
      switch (action.do) {
        case 'rollout':
          return rollOut(action, loaded, io);
        case 'new-version':
          return addTo(store, stored, { action, plan, label, now });
        case 'file':
          return rewrite(action, loaded, options, io);
      }
    },
    async close() {
      whole.abort();
      await persistent.close();
      if (session === undefined) await own.close();
    },
  };
}

/** A rotation may have begun since the plan was made: while it was asked for consent, for example. */
async function rotationObstacle(store: RotationStore | null): Promise<ActionEnd | null> {
  const read = (await store?.readRotationSecret()) ?? null;
  if (read === null) return null;
  if (!read.ok)
    return {
      ok: false,
      message: `it is not known whether a rotation was started meanwhile: ${read.error.message}; nothing was done`,
      hint: read.error.hint ?? null,
    };
  return rotationNow(read.value).is === 'none'
    ? null
    : {
        ok: false,
        message: 'a rotation was started meanwhile; nothing was done',
        hint: 'See `jwtcheck rotate status`.',
      };
}

async function rollOut({ participant }: Rollout, loaded: Loaded, io: FixIo): Promise<ActionEnd> {
  const { rollout } = loaded.settings.environments[loaded.environment]?.participants[participant] ?? {};
  if (rollout === undefined) throw new TypeError('a planned rollout is configured');
  const env = { JWTCHECK_FIX_PARTICIPANT: participant };
  const end = await runTask({ argv: rollout.run, env, timeoutMs: rollout.timeout }, loaded, io);
  const undo = [
    { text: `Restarting ${participant} wrote nothing. To go back, roll it back where it is deployed.` },
  ];
  return end.ok ? { ok: true, wrote: '', undo } : end;
}

async function addTo(
  store: RotationStore | null,
  stored: GoogleSecret | null,
  {
    action,
    plan,
    label,
    now,
  }: { action: NewVersion; plan: string; label: (text: string) => string; now: () => Date },
): Promise<ActionEnd> {
  if (store === null || stored === null) throw new TypeError('a planned version has a store');
  const added = await addVersion(action, { plan, now: now(), store });
  if (!added.ok) return added;
  const { version } = added;
  const command = readdCommand(action.from, stored, label);
  return {
    ok: true,
    wrote: `version ${version} of ${store.target}; version ${action.from} stays enabled`,
    undo: [
      // Disabling the new version would leave readers of `latest` without any.
      {
        text: `To go back, add the secret of version ${action.from} again, as the newest version; \`latest\` does not fall back to an older one:`,
      },
      ...(command === null ? [] : [{ command }]),
    ],
  };
}

async function rewrite(
  { participant, path: shown, key, identity, fingerprint }: RewriteEntry,
  loaded: Loaded,
  options: RunOptions,
  { env, now, signal }: FixIo,
): Promise<ActionEnd> {
  const { settings, environment, folder } = loaded;
  const source = settings.environments[environment]?.participants[participant]?.source;
  if (source?.kind !== 'file' || source.key === undefined)
    throw new TypeError('a planned entry is configured');
  const read = await readReference(loaded, options, { env, now, signal });
  if (read.is === 'failed') return { ok: false, message: read.message, hint: read.hint };
  const { secret } = read.reading;
  if (!sameFingerprint(fingerprintOf(secret, settings.fingerprint.length), fingerprint))
    return {
      ok: false,
      message: 'the secret of the reference was changed meanwhile; nothing was written',
      hint: 'Run `jwtcheck fix` again.',
    };
  const place = { path: source.path, key: source.key, raw: source.raw, folder };
  const written = await rewriteEntry(place, secret, { expected: identity, now: now() });
  if (!written.ok)
    return { ok: false, message: `${shown}: ${written.problem}`, hint: 'Run `jwtcheck fix` again.' };
  const backup = [...shown.split('/').slice(0, -1), written.backup].join('/');
  const words = [shellWord(backup), shellWord(shown)];
  return {
    ok: true,
    wrote: `${key} in ${shown}; the old file is ${backup}, and holds the old secret`,
    undo: [
      { text: 'To go back, restore the old file; otherwise remove it:' },
      ...(words.includes(null) ? [] : [{ command: `mv ${words.join(' ')}` }]),
    ],
  };
}
