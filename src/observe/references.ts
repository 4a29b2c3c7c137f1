import type { CrossCheck, Fingerprint } from '../model.js';
import { fingerprintOf } from '../secret/fingerprint.js';
import type { ObserveContext } from './context.js';
import type { CrossReference } from './plan.js';
import { readerOf } from './sources/reader.js';
import { failed, type SourceResult } from './sources/source.js';
import { TaskPool } from './task-pool.js';

/** Maximum number of references to read at once. */
const width = 8;

/** The reference of another environment, and the result of reading it. */
export interface ReferenceRead extends CrossReference {
  readonly result: SourceResult;
}

/** Reads references of other environments. Failures are returned as data. */
export function readReferences(
  references: readonly CrossReference[],
  context: ObserveContext,
): Promise<ReferenceRead[]> {
  return new TaskPool(width).all(references, async (other) => ({
    ...other,
    result: await readOther(other, context),
  }));
}

async function readOther(
  { environment, name, source }: CrossReference,
  context: ObserveContext,
): Promise<SourceResult> {
  if (source === null) {
    const message =
      name === null ? `${environment} has no reference` : `${name} of ${environment} has no source`;
    const hint = `Set the \`reference\` of ${environment}, or remove ${environment} from \`crossCheck\`.`;
    return failed({ code: 'unset', message, hint });
  }
  if (context.signal.aborted) {
    return failed({
      code: 'timeout',
      message: 'it was not asked: the time for the whole check was over',
      hint: 'Raise `deadline` if the whole check may take longer.',
    });
  }
  return readerOf(source).read(source, context);
}

/** Converts it to the form for the judge. */
export function crossCheckOf(
  { environment, name, result }: ReferenceRead,
  context: ObserveContext,
): CrossCheck {
  return {
    environment,
    reference: name,
    fingerprints: fingerprintsOf(result, context.fingerprintLength),
    error: errorOf(result),
  };
}

function errorOf(result: SourceResult): CrossCheck['error'] {
  if (result.is === 'secret') return null;
  if (result.is !== 'tokens') return result.error;
  return { code: 'unset', message: 'a configured token does not reveal the fingerprint of its secret' };
}

function fingerprintsOf(result: SourceResult, length: number): Fingerprint[] {
  if (result.is === 'secret') return [fingerprintOf(result.secret, length)];
  return result.is === 'fingerprint' ? [...new Set(result.instances.map((i) => i.fingerprint))] : [];
}
