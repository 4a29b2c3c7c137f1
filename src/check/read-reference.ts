import type { Loaded } from '../config/load.js';
import type { SourceSettings } from '../config/schema.js';
import { UsageError } from '../errors.js';
import { readWithRotation } from '../observe/rotation.js';
import { readerOf, yieldsSecret } from '../observe/sources/reader.js';
import type { SecretReading, SourceResult } from '../observe/sources/source.js';
import type { Io } from '../system/io.js';
import type { TimeLimits } from './time-limits.js';
import { withNetwork } from './with-network.js';

/** The secret of the reference. */
export interface ReferenceReading {
  readonly is: 'read';
  readonly reference: string;
  readonly reading: SecretReading;
}

/** The reason why the secret is not available. */
export interface Failure {
  readonly is: 'failed';
  readonly message: string;
  readonly hint: string | null;
}

/**
 * Reads the secret of the reference. A fallback in its code is not the secret and is never used.
 * @param which `in-use`: while a rotation is open, the version that services sign with; `configured`: as the source says
 * @throws UsageError if the environment has no reference
 */
export async function readReference(
  loaded: Loaded,
  limits: TimeLimits,
  io: Pick<Io, 'env' | 'now' | 'signal'>,
  which: 'in-use' | 'configured' = 'configured',
): Promise<ReferenceReading | Failure> {
  const { settings, environment, scrub, addSecrets } = loaded;
  const configured = settings.environments[environment];
  const reference = configured?.reference;
  if (reference === undefined)
    throw new UsageError(
      `the environment ${environment} has no reference`,
      'Set `reference` in the configuration to the participant that holds the right secret.',
    );
  const source = configured?.participants[reference]?.source;
  if (!yieldsSecret(source))
    return {
      is: 'failed',
      message: `the reference ${reference} does not yield the secret itself`,
      hint: 'Set `reference` to a participant whose source yields it, such as `google-secret-manager`, `command` or `file`.',
    };
  const read = which === 'in-use' ? readInUse : readSource;
  const result = await read(withoutFallback(source), loaded, limits, io);
  if (result.is === 'secret') {
    addSecrets([result.secret]);
    return { is: 'read', reference, reading: result };
  }
  if (result.is === 'error')
    return {
      is: 'failed',
      message: `the reference ${reference} could not be read: ${scrub(result.error.message)}`,
      hint: result.error.hint === undefined ? null : scrub(result.error.hint),
    };
  throw new TypeError(`a source that yields secrets yielded ${result.is}`);
}

const withoutFallback = (source: SourceSettings): SourceSettings =>
  readerOf(source).fallback?.(source)?.without ?? source;

type Reader = (
  source: SourceSettings,
  loaded: Loaded,
  limits: TimeLimits,
  io: Pick<Io, 'env' | 'now' | 'signal'>,
) => Promise<SourceResult>;

/** Reads one source. */
export const readSource: Reader = (source, loaded, limits, io) =>
  withNetwork(loaded, limits, io, (context) => readerOf(source).read(source, context));

/** Reads the version that services sign with: during a rotation, `latest` and aliases may stand for another one. */
const readInUse: Reader = (source, loaded, limits, io) =>
  withNetwork(loaded, limits, io, async (context) => {
    const first = readerOf(source).read(source, context);
    const { read } = await readWithRotation(
      source,
      first.then((result) => ({ result, latencyMs: 0 })),
      loaded.settings.rotation.aliases,
      context,
    );
    return read?.result ?? first;
  });
