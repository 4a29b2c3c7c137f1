import { withoutChange } from '../diagnose/without-change.js';
import type { RotationStore, RotationVersion, WriteOutcome } from '../rotate/rotation-store.js';
import type { Secret } from '../secret/secret.js';
import type { NewVersion } from './action.js';
import { rotationNow } from './plan-input.js';

/** Annotation of the secret that names the last plan by which a version was added. */
export const fixAnnotation = 'jwtcheck-fix';

/** What came of adding a version. */
export type Added =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly message: string; readonly hint: string | null };

const permissions = [
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
  'secretmanager.versions.list',
  'secretmanager.versions.access',
  'secretmanager.versions.add',
] as const;

/**
 * Adds the secret of the reference without its fault. First the annotation is written with the etag that was read: of two
 * runs, one is stopped before it adds a version, and no rotation can begin in between.
 * @param plan hash of the plan, for the annotation
 */
export async function addVersion(
  action: NewVersion,
  { plan, now, store }: { readonly plan: string; readonly now: Date; readonly store: RotationStore },
): Promise<Added> {
  const read = await store.readRotationSecret();
  if (!read.ok) return failed(read.error);
  const { annotations, versionAliases, etag, versions } = read.value;
  if (rotationNow(read.value).is !== 'none')
    return {
      ok: false,
      message: 'a rotation was started meanwhile; nothing was written',
      hint: 'See `jwtcheck rotate status`.',
    };
  const newest = versions.find(({ state }) => state === 'ENABLED')?.number;
  if (newest !== action.from)
    return {
      ok: false,
      message: `version ${newest ?? '?'} is the newest one now, not version ${action.from}; nothing was written`,
      hint: 'Run `jwtcheck fix` again.',
    };
  const missing = await store.missingPermissions(permissions);
  if (!missing.ok) return failed(missing.error);
  if (missing.value.length > 0)
    return { ok: false, message: `missing ${missing.value.join(', ')}; nothing was written`, hint: null };
  const faulty = await store.accessByNumber(action.from);
  if (!faulty.ok) return failed(faulty.error);
  const secret = withoutChange(faulty.value, action.fingerprint, action.removes);
  if (secret === null)
    return {
      ok: false,
      message: `the fault cannot be removed from version ${action.from} with certainty; nothing was written`,
      hint: 'Correct the secret by hand.',
    };
  const note = JSON.stringify({ format: 1, plan, from: action.from, at: now.toISOString() });
  const noted = await store.update(
    { annotations: new Map(annotations).set(fixAnnotation, note), versionAliases },
    etag,
  );
  if (!noted.ok) return failed(noted.error);
  const last = versions[0]?.number ?? 0;
  return settled(await store.addVersion(secret), { secret, last, store });
}

/** Without an answer, the version may be there all the same. */
async function settled(
  added: WriteOutcome<RotationVersion>,
  { secret, last, store }: { secret: Secret; last: number; store: RotationStore },
): Promise<Added> {
  if (added.ok) return { ok: true, version: added.value.number };
  if (added.error.reason !== 'unknown') return failed(added.error);
  const read = await store.readRotationSecret();
  const later = read.ok
    ? read.value.versions.filter(({ number, state }) => number > last && state === 'ENABLED')
    : [];
  for (const { number } of later) {
    const held = await store.accessByNumber(number);
    if (held.ok && held.value.equals(secret)) return { ok: true, version: number };
  }
  return {
    ok: false,
    message: added.error.message,
    hint: 'Run `jwtcheck fix` again: it sees whether the version is there.',
  };
}

const failed = ({ message, hint }: { message: string; hint?: string | undefined }): Added => ({
  ok: false,
  message,
  hint: hint ?? null,
});
