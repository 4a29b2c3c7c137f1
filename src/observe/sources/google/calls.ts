import { setTimeout as delay } from 'node:timers/promises';
import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager';
import crc32c from 'crc-32/crc32c.js';
import type { CallOptions } from 'google-gax';
import { Secret } from '../../../secret/secret.js';
import type { ObserveContext } from '../../context.js';
import { isTransient } from '../../network/errors.js';
import type { Outcome } from '../../network/network.js';
import { isAboutSecret, isUnavailable } from './api-error.js';
import { sharedClient } from './client.js';
import { type Deadline, deadlineOf } from './deadline.js';
import type { Endpoint } from './endpoint.js';
import { readErrorOfGoogle, type Subject } from './failure.js';

/** A secret, and how it is asked for. */
export interface Place {
  /** Resource name of the secret. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly transport: 'rest' | 'grpc';
  /** The secret in words for errors. */
  readonly subject: Omit<Subject, 'version' | 'permission'>;
}

export interface Accessed {
  readonly secret: Secret;
  /** Always the number, whatever was asked for. */
  readonly version: string;
}

/** Milliseconds before the second and the third try, before jitter. */
const pauses = [100, 300] as const;

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

/** A version as the list tells of it. */
export interface ListedVersion {
  readonly number: number;
  /** RFC 3339. */
  readonly createdAt: string | null;
  /** When the next version was made, whatever its state: from then on this one was out of date. */
  readonly replacedAt: string | null;
}

/** Other enabled versions, newest first, as many as wanted; `null` where listing is not possible. */
export async function list(
  place: Place,
  wanted: { readonly current: number; readonly history: number; readonly newer: boolean },
  context: ObserveContext,
): Promise<ListedVersion[] | null> {
  const created = new Map<number, string | null>();
  const newer: number[] = [];
  const older: number[] = [];
  let pageToken = '';
  try {
    for (let page = 0; page < longestList; page += 1) {
      // Those that are not enabled are listed, too: they tell when others were replaced.
      const request = { parent: place.name, pageSize, pageToken };
      const answer = await call(place, context, async (api, options) => {
        const [, , response] = await api.listSecretVersions(request, { ...options, autoPaginate: false });
        return response;
      });
      for (const version of answer.versions ?? []) {
        const number = numberIn(version.name);
        if (number === null) continue;
        created.set(number, timeOf(version.createTime));
        if (number === wanted.current || !isEnabled(version.state)) continue;
        if (number < wanted.current) older.push(number);
        else if (wanted.newer) newer.push(number);
      }
      pageToken = answer.nextPageToken ?? '';
      if (pageToken === '' || older.length >= wanted.history) break;
    }
  } catch {
    return null;
  }
  const first = (numbers: number[]) => numbers.sort((a, b) => b - a).slice(0, wanted.history);
  const known = [...created.keys()].sort((a, b) => a - b);
  return [...first(newer), ...first(older)].map((number) => ({
    number,
    createdAt: created.get(number) ?? null,
    replacedAt: created.get(known.find((other) => other > number) ?? Number.NaN) ?? null,
  }));
}

/** Pages at most: a secret with thousands of versions is not read through to the end. */
export const longestList = 20;

/** Versions on a page. */
export const pageSize = 100;

/**
 * One call within one deadline, tried again where the connection failed or the API says it is unavailable.
 * @param repeatable `false` where doing it twice is not the same as doing it once
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
    for (const pause of repeatable ? pauses : []) {
      try {
        return await deadline.race(run(client.api, client.options(deadline)));
      } catch (error) {
        if (deadline.signal.aborted || !(isTransient(error) || isUnavailable(error))) throw error;
        await pauseFor(pause, deadline);
      }
    }
    return await deadline.race(run(client.api, client.options(deadline)));
  } catch (error) {
    // It remembers credentials that failed, and over gRPC waits longer and longer before it connects again.
    if (!isAboutSecret(error)) client.retire(context.signal);
    throw error;
  }
}

function pauseFor(milliseconds: number, deadline: Deadline): Promise<void> {
  return deadline.race(delay(milliseconds * (0.5 + Math.random()), undefined, { signal: deadline.signal }));
}

type Answer = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse;

/** CRC32C over the payload as the API wants it checked (https://cloud.google.com/secret-manager/docs/data-integrity). */
async function verified(answer: Answer, what: string): Promise<Outcome<Accessed>> {
  const { name, payload } = answer;
  const number = numberIn(name);
  const data = payload?.data ?? '';
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(data);
  const checksum = payload?.dataCrc32c ?? null;
  // Emulators leave the checksum out. Without it an empty payload is no payload at all.
  if (number === null || (bytes.length === 0 && checksum === null)) {
    return { ok: false, error: { code: 'invalid-response', message: `${what}: the answer holds no secret` } };
  }
  if (checksum !== null && String(checksum) !== String(crc32c.buf(bytes) >>> 0)) {
    return {
      ok: false,
      error: {
        code: 'checksum',
        message: `${what}: the payload of version ${number} does not fit its CRC32C checksum`,
        hint: 'Check again. If it stays, something between here and Secret Manager changes what it sends.',
      },
    };
  }
  return { ok: true, value: { secret: new Secret(bytes), version: String(number) } };
}

/** The number in the name of a version; `null` also for one that no number of JavaScript holds exactly. */
export function numberIn(name: string | null | undefined): number | null {
  const digits = /\/versions\/(\d{1,15})$/.exec(name ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

/** REST and gRPC write the enum differently. */
function isEnabled(state: unknown): boolean {
  return state === 'ENABLED' || state === 1;
}

export function timeOf(time: protos.google.protobuf.ITimestamp | null | undefined): string | null {
  const seconds = Number(time?.seconds ?? Number.NaN);
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : null;
}
