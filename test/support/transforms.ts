import type { TransformCode } from '../../src/transforms/codes.js';
import { transformOf } from '../../src/transforms/index.js';
import { Input } from '../../src/transforms/transform.js';

/**
 * All results of a transform of the bytes, in one direction; whitespace results and the bytes themselves are omitted.
 */
export function made(code: TransformCode, direction: 'apply' | 'undo', bytes: Buffer): Buffer[] {
  return [...transformOf[code][direction](new Input(bytes), true)]
    .map(({ to }) => (typeof to === 'string' ? Buffer.from(to, 'latin1') : to))
    .filter((result) => !result.equals(bytes) && /[A-Za-z0-9\x80-\xff]/.test(result.toString('latin1')));
}
