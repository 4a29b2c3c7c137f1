import pLimit from 'p-limit';
import type { CrossCheck, Fingerprint } from '../model.js';
import { fingerprintOf } from '../secret/fingerprint.js';
import type { World } from './context.js';
import type { OtherReference } from './plan.js';
import { readerOf } from './sources/reader.js';
import { failed, type SourceResult } from './sources/source.js';

/** How many references are read at once. */
const width = 8;

/** Another environment's reference, and what was read of it. */
export interface OtherRead extends OtherReference {
  readonly result: SourceResult;
}

/** Reads references of other environments. Whatever fails is data, like everywhere. */
export function readOthers(references: readonly OtherReference[], world: World): Promise<OtherRead[]> {
  const limit = pLimit(width);
  return Promise.all(
    references.map((other) => limit(async () => ({ ...other, result: await readOther(other, world) }))),
  );
}

async function readOther({ environment, name, source }: OtherReference, world: World): Promise<SourceResult> {
  if (source === null) {
    const message =
      name === null ? `${environment} names no reference` : `${name} of ${environment} has no source`;
    const hint = `Name the participant of ${environment} that is right as \`reference\`, or take ${environment} out of \`crossCheck\`.`;
    return failed({ code: 'unset', message, hint });
  }
  if (world.signal.aborted) {
    return failed({
      code: 'timeout',
      message: 'it was not asked: the time for the whole check was over',
      hint: 'Raise `deadline` if the whole check may take longer.',
    });
  }
  return readerOf(source).read(source, world);
}

/** As the judge may see it. */
export function crossCheckOf({ environment, name, result }: OtherRead, world: World): CrossCheck {
  return {
    environment,
    reference: name,
    fingerprints: fingerprintsOf(result, world.fingerprintLength),
    error: errorOf(result),
  };
}

function errorOf(result: SourceResult): CrossCheck['error'] {
  if (result.is === 'secret') return null;
  if (result.is !== 'tokens') return result.error;
  return { code: 'unset', message: 'a finished token does not show the fingerprint of its secret' };
}

function fingerprintsOf(result: SourceResult, length: number): Fingerprint[] {
  if (result.is === 'secret') return [fingerprintOf(result.secret, length)];
  return result.is === 'fingerprint' ? [...new Set(result.instances.map((i) => i.fingerprint))] : [];
}
