import * as z from 'zod';
import { ApiError, invalidArgument } from './api-error.js';
import { type StoredSecret, type StoredVersion, versionStates } from './secret-resource.js';
import { checksum } from './secret-rules.js';
import type { MetadataChange } from './secret-store.js';

// The API's messages as JSON (https://protobuf.dev/programming-guides/json/): 64-bit numbers are texts, bytes are
// Base64, and a field is read by its name in either case.

const int64 = z.union([z.string().regex(/^-?\d+$/), z.int().transform(String)]);

const texts = z.record(z.string(), z.string()).transform((record) => new Map(Object.entries(record)));

const bytes = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .transform((text) => Buffer.from(text, 'base64'));

const etag = z.string().optional();

/** The body of `:enable`, `:disable` and `:destroy`. */
export const stateChangeMessage = message({ etag });

/** The body of `:addVersion`. */
export const addVersionMessage = message({
  payload: message({ data: bytes.optional(), dataCrc32c: int64.optional() }).optional(),
});

/** The body of `:testIamPermissions`. */
export const testIamPermissionsMessage = message({ permissions: z.array(z.string()).default([]) });

/** A field that is accepted and ignored: only the API sets it, or nothing here depends on it. */
const ignored = z.unknown().optional();

/** A secret as callers send it. Google's own client sends every field that there is, most of them empty. */
export const secretMessage = message({
  name: ignored,
  createTime: ignored,
  replication: ignored,
  topics: ignored,
  expireTime: ignored,
  ttl: ignored,
  rotation: ignored,
  versionDestroyTtl: ignored,
  customerManagedEncryption: ignored,
  tags: ignored,
  secretType: ignored,
  policyMember: ignored,
  annotations: texts.optional(),
  labels: texts.optional(),
  versionAliases: z
    .record(z.string(), int64)
    .transform((record) => new Map(Object.entries(record).map(([alias, number]) => [alias, Number(number)])))
    .optional(),
  etag,
});

/** Reads the body of a request. */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = (issue?.path ?? []).map(String).join('.');
  if (issue?.code === 'unrecognized_keys') {
    const at = field === '' ? '' : ` at '${field}'`;
    throw invalidArgument(
      field,
      `Invalid JSON payload received. Unknown name "${issue.keys[0]}"${at}: Cannot find field.`,
    );
  }
  throw invalidArgument(field, `Invalid value at '${field}'`);
}

const updatable: ReadonlyMap<string, keyof MetadataChange> = new Map([
  ['annotations', 'annotations'],
  ['labels', 'labels'],
  ['version_aliases', 'versionAliases'],
]);

/** The part of a secret that an update mask names. A field in the mask that is not sent is cleared. */
export function maskedChange(sent: z.output<typeof secretMessage>, mask: string | null): MetadataChange {
  const paths = (mask ?? '').split(',').filter((path) => path !== '');
  if (paths.length === 0) throw invalidArgument('update_mask', 'Field [update_mask] is required.');
  let change: MetadataChange = {};
  for (const path of paths) {
    const snake = snakeCase(path);
    const field = updatable.get(snake);
    if (field === undefined) throw invalidArgument('update_mask', `Invalid update mask path [${snake}].`);
    change = { ...change, [field]: sent[field] ?? new Map() };
  }
  return change;
}

/** A secret as the API returns it. Empty fields are omitted. */
export function describeSecret(
  secret: StoredSecret,
  { annotations, labels, versionAliases, etag: current }: StoredSecret['metadata']['written'],
): unknown {
  const entries = <V>(name: string, map: ReadonlyMap<string, V>) =>
    map.size === 0
      ? {}
      : { [name]: Object.fromEntries([...map].map(([key, value]) => [key, String(value)])) };
  return {
    name: secret.name,
    ...(secret.location === undefined ? { replication: { automatic: {} } } : {}),
    createTime: secret.createTime.toISOString(),
    ...entries('labels', labels),
    etag: current,
    ...entries('versionAliases', versionAliases),
    ...entries('annotations', annotations),
  };
}

/** A version as the API returns it, with its state as a number if the caller requests that. */
export function describeVersion(secret: string, version: StoredVersion, numeric: boolean): unknown {
  const destroyed = version.destroyTime === null ? {} : { destroyTime: version.destroyTime.toISOString() };
  return {
    name: `${secret}/versions/${version.number}`,
    createTime: version.createTime.toISOString(),
    ...destroyed,
    state: numeric ? versionStates[version.state] : version.state,
    replicationStatus: { automatic: {} },
    etag: version.etag,
    ...(version.hasClientChecksum ? { clientSpecifiedPayloadChecksum: true } : {}),
  };
}

/** A payload with its checksum. */
export function describePayload(version: StoredVersion): unknown {
  const wrong = Buffer.concat([version.payload, Buffer.of(0)]);
  return {
    data: version.payload.toString('base64'),
    dataCrc32c: checksum(version.corrupt ? wrong : version.payload),
  };
}

/** The payload of a new version; throws if it is missing. */
export function payloadIn({ payload }: z.output<typeof addVersionMessage>): {
  data: Buffer;
  checksum: string | null;
} {
  if (payload === undefined) throw new ApiError('INVALID_ARGUMENT', 'Field [payload] is required.');
  return { data: payload.data ?? Buffer.alloc(0), checksum: payload.dataCrc32c ?? null };
}

/** An object whose fields may be in camel case or in snake case; `null` means missing. */
function message<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => {
        const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
        return [Object.hasOwn(shape, camel) ? camel : key, held ?? undefined];
      }),
    );
  }, z.strictObject(shape));
}

const snakeCase = (path: string): string => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
