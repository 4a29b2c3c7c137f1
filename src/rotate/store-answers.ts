import type { protos } from '@google-cloud/secret-manager';
import { numberIn, timeOf } from '../observe/sources/google/calls.js';
import type { RotationMetadata, RotationVersion } from './rotation-store.js';

type ISecret = protos.google.cloud.secretmanager.v1.ISecret;
type ISecretVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;

/** The part of the API's secret that a rotation writes. */
export function metadataOf(secret: ISecret): RotationMetadata {
  const aliases = Object.entries(secret.versionAliases ?? {});
  return {
    annotations: new Map(Object.entries(secret.annotations ?? {})),
    versionAliases: new Map(aliases.map(([alias, number]) => [alias, Number(number)])),
  };
}

/** The API's version; `null` where the answer is not one. */
export function versionOf(answer: ISecretVersion): RotationVersion | null {
  const number = numberIn(answer.name);
  const state = stateOf(answer.state);
  if (number === null || state === null) return null;
  return { number, state, createTime: timeOf(answer.createTime), etag: answer.etag ?? '' };
}

/** REST and gRPC write the enum differently. */
function stateOf(state: ISecretVersion['state']): RotationVersion['state'] | null {
  if (state === 'ENABLED' || state === 1) return 'ENABLED';
  if (state === 'DISABLED' || state === 2) return 'DISABLED';
  return state === 'DESTROYED' || state === 3 ? 'DESTROYED' : null;
}
