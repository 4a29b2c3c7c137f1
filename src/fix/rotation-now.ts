import type { RotationMetadata } from '../rotate/rotation-store.js';
import { isOpen, parseRecord, rotationAnnotation } from '../rotation/rotation-record.js';
import type { KnownRotation } from './known.js';

/** Whether a rotation is open, by the annotations of the secret. */
export function rotationNow({ annotations }: Pick<RotationMetadata, 'annotations'>): KnownRotation {
  const written = annotations.get(rotationAnnotation);
  if (written === undefined) return { is: 'none' };
  const parsed = parseRecord(written);
  if (!parsed.ok) return { is: 'unknown', message: parsed.message, hint: parsed.hint };
  const { record } = parsed;
  // A version that was announced and not staged yet belongs to a rotation, too.
  const isBegun = record.state === 'idle' && record.times.rolledBack === undefined;
  return isOpen(record) || isBegun ? { is: 'open', state: record.state, id: record.id } : { is: 'none' };
}
