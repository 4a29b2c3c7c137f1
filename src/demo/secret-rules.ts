import crc32c from 'crc-32/crc32c.js';
import { invalidArgument } from './api-error.js';

// The limits of the API's protos and of https://cloud.google.com/secret-manager/quotas. Messages equal those of the API
// if they are known; the others follow its style.

/** Bytes of a payload. */
const longestPayload = 64 * 1024;

/** Aliases of one secret. */
const mostAliases = 50;

/** Labels of one secret. */
const mostLabels = 64;

/** All keys and values of the annotations together have to be shorter; bytes. */
const annotationBytes = 16 * 1024;

/** CRC32C (RFC 3720 appendix B.4) as the API writes it: an unsigned number, in a text because it is an int64. */
export function checksum(payload: Buffer): string {
  return String(crc32c.buf(payload) >>> 0);
}

/** Throws if the API rejects the payload of a new version. */
export function checkPayload(payload: Buffer, sent: string | null): void {
  if (payload.length === 0) throw invalidArgument('payload.data', 'Secret Payload cannot be empty.');
  if (payload.length > longestPayload) {
    throw invalidArgument(
      'payload.data',
      `The secret payload size of ${payload.length} bytes exceeds the maximum of ${longestPayload} bytes.`,
    );
  }
  if (sent !== null && sent !== checksum(payload)) {
    throw invalidArgument(
      'payload.data_crc32c',
      'The CRC32C checksum provided in the request does not match the checksum of the payload.',
    );
  }
}

/** Throws if the id is invalid for a secret. */
export function checkSecretId(id: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
    throw invalidArgument('secret_id', `Secret ID [${id}] is not in a valid format.`);
  }
}

/** Throws if the aliases break a rule, or one refers to a version that does not exist. */
export function checkAliases(
  aliases: ReadonlyMap<string, number>,
  exists: (number: number) => boolean,
): void {
  const field = 'secret.version_aliases';
  if (aliases.size > mostAliases) {
    throw invalidArgument(field, `A secret can have at most ${mostAliases} version aliases.`);
  }
  for (const [alias, number] of aliases) {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(alias) || /^(latest|new)$/i.test(alias)) {
      throw invalidArgument(field, `Version alias [${alias}] is not in a valid format.`);
    }
    if (!exists(number)) {
      throw invalidArgument(
        field,
        `Version alias [${alias}] refers to version ${number}, which does not exist.`,
      );
    }
  }
}

/** Throws if the annotations break a rule. */
export function checkAnnotations(annotations: ReadonlyMap<string, string>): void {
  const field = 'secret.annotations';
  let bytes = 0;
  for (const [key, value] of annotations) {
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(key)) {
      throw invalidArgument(field, `Annotation key [${key}] is not in a valid format.`);
    }
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes >= annotationBytes) {
    throw invalidArgument(field, `The total size of annotations must be less than ${annotationBytes} bytes.`);
  }
}

/** Throws if the labels break a rule. */
export function checkLabels(labels: ReadonlyMap<string, string>): void {
  const field = 'secret.labels';
  if (labels.size > mostLabels) {
    throw invalidArgument(field, `A secret can have at most ${mostLabels} labels.`);
  }
  for (const [key, value] of labels) {
    const isShort = Buffer.byteLength(key) <= 128 && Buffer.byteLength(value) <= 128;
    if (!isShort || !/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key)) {
      throw invalidArgument(field, `Label key [${key}] is not in a valid format.`);
    }
    if (!/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value)) {
      throw invalidArgument(field, `Label value [${value}] is not in a valid format.`);
    }
  }
}
