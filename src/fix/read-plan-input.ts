import { readReference } from '../check/read-reference.js';
import type { TimeLimits } from '../check/time-limits.js';
import type { Loaded } from '../config/load.js';
import type { ParticipantSettings } from '../config/schema.js';
import { refusesCommands } from '../config/trust-variables.js';
import { changesFrom } from '../diagnose/without-change.js';
import type { FindingCode } from '../finding-codes.js';
import type { Report } from '../model.js';
import { isService, yieldsSecret } from '../observe/sources/reader.js';
import type { RotationStore } from '../rotate/rotation-store.js';
import { isRotatable } from '../rotate/store.js';
import { jsonDigest } from '../schema/canonical-json.js';
import type { Secret } from '../secret/secret.js';
import type { Io } from '../system/io.js';
import {
  type KnownFile,
  type KnownParticipant,
  type KnownStore,
  type PlanInput,
  rotationNow,
} from './plan-input.js';
import { examineEntry } from './rewrite-entry.js';

/** The context in which the input of a plan is read. */
interface PlanInputContext extends Pick<Io, 'env' | 'now' | 'signal'> {
  readonly loaded: Loaded;
  readonly limits: TimeLimits;
  /** `null`: the reference is no store with versions. */
  readonly store: RotationStore | null;
}

/** Everything beside the report that a plan depends on. Reads; writes nothing. */
export async function readPlanInput(report: Report, context: PlanInputContext): Promise<PlanInput> {
  const { loaded, env, store } = context;
  const { settings, environment, label, tree } = loaded;
  const configured = settings.environments[environment];
  const read = store === null ? null : await store.readRotationSecret();
  const source = configured?.participants[configured.reference ?? '']?.source;
  const secret = read?.ok === true ? read.value : null;
  const files = await filesOf(report, context);
  return {
    configuration: jsonDigest(withoutWatch(tree)),
    rotation:
      read !== null && !read.ok
        ? { is: 'unknown', message: loaded.scrub(read.error.message), hint: read.error.hint ?? null }
        : secret === null
          ? { is: 'none' }
          : rotationNow(secret),
    store:
      secret === null || !isRotatable(source)
        ? null
        : {
            follows: source.version,
            etag: secret.etag,
            newest: secret.versions.find(({ state }) => state === 'ENABLED')?.number ?? null,
            last: secret.versions[0]?.number ?? 0,
            aliases: secret.versionAliases,
            copies: await copiesOf(report, store),
          },
    allowsCommands: !refusesCommands(env),
    participants: new Map(
      Object.entries(configured?.participants ?? {}).map(([name, one]) => [
        name,
        knownOf(one, files.get(name) ?? null, label),
      ]),
    ),
  };
}

/** The older versions that participants hold, of which the version in use is a changed copy. */
async function copiesOf(report: Report, store: RotationStore | null): Promise<KnownStore['copies']> {
  const current = Number(report.reference?.version ?? Number.NaN);
  const older = new Set(
    report.findings.flatMap(({ code, evidence }) =>
      code === 'stale-secret-version'
        ? [evidence.version]
        : code === 'replicas-disagree'
          ? Object.values(evidence.older ?? {})
          : [],
    ),
  );
  if (store === null || older.size === 0 || !Number.isSafeInteger(current)) return new Map();
  const secret = await store.accessByNumber(current);
  if (!secret.ok) return new Map();
  const found = new Map<string, readonly FindingCode[]>();
  for (const version of older) {
    const original = await store.accessByNumber(Number(version));
    const changes = original.ok ? changesFrom(original.value, secret.value) : null;
    if (changes !== null) found.set(String(version), changes);
  }
  return found;
}

function knownOf(
  { source, rollout }: ParticipantSettings,
  file: KnownFile | null,
  label: (text: string) => string,
): KnownParticipant {
  return {
    source: source?.kind ?? null,
    isService: isService(source),
    yieldsSecret: yieldsSecret(source),
    rollout:
      rollout === undefined
        ? null
        : {
            argv: rollout.run.map(label),
            digest: jsonDigest(rollout.run).slice(0, 16),
            timeoutMs: rollout.timeout,
          },
    file,
  };
}

/** The entries of dotenv files that participants read; whether one can be rewritten only where it differs. */
async function filesOf(report: Report, context: PlanInputContext): Promise<Map<string, KnownFile>> {
  const { settings, environment, folder, label } = context.loaded;
  const participants = Object.entries(settings.environments[environment]?.participants ?? {});
  const differing = new Set(
    report.participants.filter(({ agrees }) => agrees === false).map(({ name }) => name),
  );
  const entries = participants.flatMap(([name, { source }]) =>
    source?.kind === 'file' && source.key !== undefined
      ? [{ name, path: source.path, key: source.key, raw: source.raw }]
      : [],
  );
  let secret: Secret | null | undefined;
  const found = new Map<string, KnownFile>();
  for (const { name, path, key, raw } of entries) {
    const shown = { path: label(path), key: label(key) };
    if (!differing.has(name))
      found.set(name, { ...shown, identity: null, obstacle: 'it need not be rewritten' });
    else {
      secret ??= await secretOf(context);
      if (secret === null)
        found.set(name, {
          ...shown,
          identity: null,
          obstacle: 'the secret of the reference could not be read',
        });
      else {
        const { identity, obstacle } = await examineEntry({ path, key, raw, folder }, secret);
        found.set(name, {
          ...shown,
          identity,
          obstacle: obstacle === null ? null : `${shown.path}: ${obstacle}`,
        });
      }
    }
  }
  return found;
}

/** The secret of the reference; `null` if it cannot be read. */
async function secretOf({ loaded, limits, ...io }: PlanInputContext): Promise<Secret | null> {
  const { reference } = loaded.settings.environments[loaded.environment] ?? {};
  if (reference === undefined) return null;
  const read = await readReference(loaded, limits, io);
  return read.is === 'read' ? read.reading.secret : null;
}

function withoutWatch(tree: Loaded['tree']): Loaded['tree'] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).filter(([key]) => key !== 'watch'));
}
