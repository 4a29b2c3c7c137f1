import type { TransformCode } from '../../src/transforms/codes.js';
import { transformOf } from '../../src/transforms/index.js';
import { Input } from '../../src/transforms/transform.js';

/** All that a transform makes of the bytes, in one direction; blank results and the bytes themselves left out. */
export function made(code: TransformCode, direction: 'apply' | 'undo', bytes: Buffer): Buffer[] {
  return [...transformOf[code][direction](new Input(bytes), true)]
    .map(({ to }) => (typeof to === 'string' ? Buffer.from(to, 'latin1') : to))
    .filter((result) => !result.equals(bytes) && /[A-Za-z0-9\x80-\xff]/.test(result.toString('latin1')));
}
