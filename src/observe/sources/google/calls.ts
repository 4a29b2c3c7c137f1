import { setTimeout as delay } from 'node:timers/promises';
import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager';
import crc32c from 'crc-32/crc32c.js';
import type { CallOptions } from 'google-gax';
import { Secret } from '../../../secret/secret.js';
import { backoff } from '../../../system/backoff.js';
import type { ObserveContext } from '../../context.js';
import type { Outcome } from '../../network/network.js';
import { isTransient } from '../../network/network-errors.js';
import type { SecretMetadata } from '../source.js';
import { isAboutSecret, isUnavailable } from './api-failure.js';
import { sharedClient } from './client.js';
import { deadlineOf } from './deadline.js';
import type { Endpoint } from './endpoint.js';
import { readErrorOfGoogle, type Subject } from './failure.js';

/** A secret, and the way to access it. */
export interface Place {
  /** Resource name of the secret. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly transport: 'rest' | 'grpc';
  /** Description of the secret for errors. */
  readonly subject: Omit<Subject, 'version' | 'permission'>;
}

export interface Accessed {
  readonly secret: Secret;
  /** Always the number, even for an alias or `latest`. */
  readonly version: string;
}

/** Maximum number of attempts, and the pauses between them. */
const mostTries = 3;
const pauses = { first: 150, longest: 300 } as const;

/** Reads one version: a number, an alias or `latest`. */
export async function access(
  place: Place,
  version: string,
  context: ObserveContext,
): Promise<Outcome<Accessed>> {
  const subject = { ...place.subject, version, permission: 'secretmanager.versions.access' } as const;
  const name = `${place.name}/versions/${version}`;
  try {
    const answer = await call(place, context, async (api, options) => {
      const [response] = await api.accessSecretVersion({ name }, options);
      return response;
    });
    return await verified(answer, `projects/${subject.project}/secrets/${subject.secret}`);
  } catch (error) {
    return { ok: false, error: readErrorOfGoogle(error, subject) };
  }
}

/**
 * Reads the annotations and aliases of the secret; `null` if that failed: the permission secretmanager.secrets.get is not
 * among those that a check needs, and an emulator may not implement it.
 */
export async function metadataOf(place: Place, context: ObserveContext): Promise<SecretMetadata | null> {
  try {
    const answer = await call(place, context, async (api, options) => {
      const [secret] = await api.getSecret({ name: place.name }, options);
      return secret;
    });
    return {
      annotations: new Map(Object.entries(answer.annotations ?? {})),
      aliases: new Set(Object.keys(answer.versionAliases ?? {})),
    };
  } catch {
    return null;
  }
}

/** A version in the list. */
export interface ListedVersion {
  readonly number: number;
  /** RFC 3339. */
  readonly createdAt: string | null;
  /** Creation time of the next version in any state. From then on, this version was outdated. */
  readonly replacedAt: string | null;
}

/** One version, in any state. */
interface AnyVersion {
  readonly number: number;
  readonly createdAt: string | null;
  readonly isEnabled: boolean;
}

/** Lists other enabled versions, newest first, up to the requested number; `null` if listing is not possible. */
export async function list(
  place: Place,
  wanted: { readonly current: number; readonly history: number; readonly newer: boolean },
  context: ObserveContext,
): Promise<ListedVersion[] | null> {
  const isOlder = ({ number, isEnabled }: AnyVersion) => isEnabled && number < wanted.current;
  const isNewer = ({ number, isEnabled }: AnyVersion) => isEnabled && number > wanted.current && wanted.newer;
  const all = await listAll(place, context, (seen) => seen.filter(isOlder).length >= wanted.history);
  if (all === null) return null;
  const first = (versions: readonly AnyVersion[]) =>
    versions
      .map(({ number }) => number)
      .sort((a, b) => b - a)
      .slice(0, wanted.history);
  return [...first(all.filter(isNewer)), ...first(all.filter(isOlder))].map((number) => ({
    number,
    createdAt: all.find((one) => one.number === number)?.createdAt ?? null,
    replacedAt: replacementOf(number, all),
  }));
}

/** Creation time of the next version in any state; `null` if unknown. */
function replacementOf(number: number, all: readonly AnyVersion[]): string | null {
  const later = all.filter((one) => one.number > number).sort((a, b) => a.number - b.number);
  return later[0]?.createdAt ?? null;
}

/**
 * Lists the versions before another one, whatever their state, newest first; `null` if listing is not possible.
 * Versions that were replaced long ago may be missing.
 */
export async function listOlder(
  place: Place,
  wanted: { readonly before: number; readonly count: number },
  context: ObserveContext,
): Promise<ListedVersion[] | null> {
  const isOlder = ({ number }: AnyVersion) => number < wanted.before;
  const all = await listAll(place, context, (seen) => seen.filter(isOlder).length >= wanted.count);
  if (all === null) return null;
  return all
    .filter(isOlder)
    .sort((a, b) => b.number - a.number)
    .slice(0, wanted.count)
    .map(({ number, createdAt }) => ({ number, createdAt, replacedAt: replacementOf(number, all) }));
}

/** Lists versions in every state, page by page, until these are enough; `null` if listing is not possible. */
async function listAll(
  place: Place,
  context: ObserveContext,
  isEnough: (seen: readonly AnyVersion[]) => boolean,
): Promise<AnyVersion[] | null> {
  const seen: AnyVersion[] = [];
  let pageToken = '';
  try {
    for (let page = 0; page < longestList; page += 1) {
      // Disabled versions are listed as well: they show when other versions were replaced.
      const request = { parent: place.name, pageSize, pageToken };
      const answer = await call(place, context, async (api, options) => {
        const [, , response] = await api.listSecretVersions(request, { ...options, autoPaginate: false });
        return response;
      });
      for (const { name, createTime, state } of answer.versions ?? []) {
        const number = numberIn(name);
        if (number !== null)
          seen.push({ number, createdAt: timeOf(createTime), isEnabled: isEnabled(state) });
      }
      pageToken = answer.nextPageToken ?? '';
      if (pageToken === '' || isEnough(seen)) break;
    }
  } catch {
    return null;
  }
  return seen;
}

/** Maximum number of pages: a secret with thousands of versions is not listed completely. */
export const longestList = 20;

/** Versions on a page. */
export const pageSize = 100;

/**
 * Makes one call within one deadline. Retries if the connection failed or the API is unavailable.
 * @param repeatable `false` if repeating the call would have another effect
 */
export async function call<T>(
  place: Place,
  context: ObserveContext,
  run: (api: SecretManagerServiceClient, options: CallOptions) => Promise<T>,
  repeatable = true,
): Promise<T> {
  const client = await sharedClient(context, place.transport, place.endpoint, place.subject.endpoint);
  const deadline = deadlineOf(context);
  try {
    await client.authorize(deadline);
    await deadline.race(client.api.initialize());
    for (let tries = 1; ; tries += 1) {
      try {
        return await deadline.race(run(client.api, client.options(deadline)));
      } catch (error) {
        const isLast = !repeatable || tries === mostTries || deadline.signal.aborted;
        if (isLast || !(isTransient(error) || isUnavailable(error))) throw error;
        const pause = backoff(pauses, tries, Math.random);
        await deadline.race(delay(pause, undefined, { signal: deadline.signal }));
      }
    }
  } catch (error) {
    // A client remembers failed credentials, and over gRPC increases its delay before it reconnects.
    if (!isAboutSecret(error)) client.retire(context.signal);
    throw error;
  }
}

type Answer = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse;

/** CRC32C over the payload, as the API recommends (https://cloud.google.com/secret-manager/docs/data-integrity). */
async function verified(answer: Answer, what: string): Promise<Outcome<Accessed>> {
  const { name, payload } = answer;
  const number = numberIn(name);
  const data = payload?.data ?? '';
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(data);
  const checksum = payload?.dataCrc32c ?? null;
  // Emulators omit the checksum. Without a checksum, an empty payload counts as missing.
  if (number === null || (bytes.length === 0 && checksum === null)) {
    return {
      ok: false,
      error: { code: 'invalid-response', message: `${what}: the answer contains no secret` },
    };
  }
  if (checksum !== null && String(checksum) !== String(crc32c.buf(bytes) >>> 0)) {
    return {
      ok: false,
      error: {
        code: 'checksum',
        message: `${what}: the payload of version ${number} does not match its CRC32C checksum`,
        hint: 'Check again. If the error persists, something between this machine and Secret Manager changes the data.',
      },
    };
  }
  return { ok: true, value: { secret: new Secret(bytes), version: String(number) } };
}

/** Parses the number in the name of a version; `null` also for numbers that JavaScript cannot represent exactly. */
export function numberIn(name: string | null | undefined): number | null {
  const digits = /\/versions\/(\d{1,15})$/.exec(name ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

/** REST and gRPC encode the enum differently. */
function isEnabled(state: unknown): boolean {
  return state === 'ENABLED' || state === 1;
}

export function timeOf(time: protos.google.protobuf.ITimestamp | null | undefined): string | null {
  const seconds = Number(time?.seconds ?? Number.NaN);
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : null;
}
