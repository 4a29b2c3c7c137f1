import type { ReadError, RemedyStep } from '../../../model.js';
import type { ObserveContext } from '../../context.js';
import { TaskPool } from '../../task-pool.js';
import type { EarlierVersion, SecretVersion, WantedVersion } from '../source.js';
import { access, list, listOlder, type Place } from './calls.js';

/** Maximum number of versions to fetch at once. */
const width = 8;

/** Number of attempts for each requested version without permission to list: some may be disabled. */
const triesEach = 3;

export interface Wanted {
  /** Number of the version that was read. */
  readonly current: number;
  /** Number of older versions, and of newer ones. */
  readonly history: number;
  /** Whether newer versions can exist: `latest` has none. */
  readonly newer: boolean;
}

/**
 * Reads other enabled versions, newest first: by listing if that is allowed, otherwise by counting. Failures are
 * omitted.
 */
export async function otherVersions(
  place: Place,
  wanted: Wanted,
  context: ObserveContext,
): Promise<SecretVersion[]> {
  const listed = await list(place, wanted, context);
  if (listed === null) return byCounting(place, wanted, context);
  const held = await new TaskPool(width).all(listed, async ({ number, createdAt, replacedAt }) => {
    const read = await access(place, String(number), context);
    return read.ok ? [{ version: read.value.version, createdAt, replacedAt, secret: read.value.secret }] : [];
  });
  return held.flat();
}

/** The accessor role can read every version, but cannot list them. */
async function byCounting(place: Place, wanted: Wanted, context: ObserveContext): Promise<SecretVersion[]> {
  const newer: SecretVersion[] = [];
  if (wanted.newer) {
    const latest = await access(place, 'latest', context);
    if (latest.ok)
      newer.push(
        ...(await countDown(place, Number(latest.value.version) + 1, wanted.current, wanted, context)),
      );
  }
  return [...newer, ...(await countDown(place, wanted.current, 0, wanted, context))];
}

/** The enabled versions between two numbers, both exclusive, in descending order. */
async function countDown(
  place: Place,
  from: number,
  to: number,
  { history }: Wanted,
  context: ObserveContext,
): Promise<SecretVersion[]> {
  const found: SecretVersion[] = [];
  let number = from - 1;
  for (let tries = history * triesEach; tries > 0 && number > to && found.length < history; ) {
    const count = Math.min(history - found.length, width, tries, number - to);
    const numbers = Array.from({ length: count }, (_, index) => number - index);
    const reads = await Promise.all(numbers.map((n) => access(place, String(n), context)));
    for (const read of reads) {
      if (read.ok)
        found.push({
          version: read.value.version,
          createdAt: null,
          replacedAt: null,
          secret: read.value.secret,
        });
    }
    number -= count;
    tries -= count;
    if (context.signal.aborted) break;
  }
  return found;
}

/** Maximum number of versions to read before the current one. */
const mostTried = 10;

/**
 * Reads an earlier version of a secret: the one that is named, or the newest one before the current version that is
 * enabled and holds another key. Later versions that are disabled or destroyed cannot be read: the result names the
 * first of them, because services may still accept its key.
 */
export async function earlierVersion(
  place: Place,
  { current, version, isCurrentKey }: WantedVersion,
  context: ObserveContext,
): Promise<EarlierVersion> {
  const number = Number(current);
  const named = version === null ? null : Number(version);
  const what = `projects/${place.subject.project}/secrets/${place.subject.secret}`;
  if (named === number) return without(`${what}: version ${current} is in use: it is not retired`);
  const before = named === null ? number : Math.max(named + 1, number);
  const count = named === null ? mostTried : before - named;
  // Without permission to list, it is unknown when a version was replaced.
  const listed = (await listOlder(place, { before, count }, context)) ?? [];
  const counted = Array.from({ length: Math.min(mostTried, number - 1) }, (_, index) => number - 1 - index);
  const tried = listed.length > 0 ? listed.map((one) => one.number) : counted;

  let unreadable: Unreadable | null = null;
  for (const candidate of named === null ? tried : [named]) {
    const read = await access(place, String(candidate), context);
    if (read.ok) {
      const { secret, version: readVersion } = read.value;
      if (isCurrentKey(secret)) continue;
      const { createdAt = null, replacedAt = null } = listed.find((one) => one.number === candidate) ?? {};
      return {
        found: { version: readVersion, createdAt, replacedAt, secret },
        error: unreadable === null ? null : withAdvice(unreadable, readVersion),
      };
    }
    const { error } = read;
    if (error.code === 'version-disabled' || error.code === 'version-destroyed')
      unreadable ??= { number: candidate, error };
    else if (named !== null || error.code !== 'not-found') return { found: null, error };
  }
  if (unreadable !== null) return { found: null, error: withAdvice(unreadable, null) };
  return without(
    named === null
      ? `${what}: there is no version with another key before version ${current}`
      : `${what}: version ${named} holds the same key as version ${current}, which is in use`,
  );
}

/** A version that is disabled or destroyed. */
interface Unreadable {
  readonly number: number;
  readonly error: ReadError;
}

/** There is nothing to sign with. */
const without = (message: string): EarlierVersion => ({
  found: null,
  error: {
    code: 'not-found',
    message,
    hint: 'Name another version, such as --controls retired:5, or remove `retired` from the controls.',
  },
});

/**
 * The error of a version that cannot be read, with the steps to fix it.
 * @param older the version that was read instead
 */
function withAdvice({ number, error }: Unreadable, older: string | null): ReadError {
  const commands = (error.steps ?? []).filter((step) => 'command' in step);
  const first: readonly RemedyStep[] =
    error.code === 'version-disabled'
      ? [
          { text: `To check version ${number}, enable it, and disable it again after the check:` },
          ...commands,
        ]
      : [{ text: `Version ${number} cannot be restored, so no token can be signed with its key.` }];
  const instead =
    older === null
      ? 'Otherwise, name another version, or remove `retired` from the controls.'
      : `Otherwise, name the version that can be checked: --controls retired:${older}.`;
  const steps = [...first, { text: instead }];
  const { code, message } = error;
  const hint = steps.map((step) => ('command' in step ? `\`${step.command}\`` : step.text)).join(' ');
  return { code, message, hint, steps };
}
