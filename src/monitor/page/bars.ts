import type { Bucket, Past } from '../server/timeline.js';

/** A stretch of the timeline with one appearance: from and to as slots from the left. */
export interface Bar {
  readonly kind: 'ok' | 'bad' | 'unknown' | 'none';
  readonly from: number;
  readonly to: number;
}

/** The number of slots of a timeline. */
export function slotsOf({ since, until, bucketMs }: Past): number {
  return Math.floor(Date.parse(until) / bucketMs) - Math.floor(Date.parse(since) / bucketMs) + 1;
}

/** Which slot a time is in; it may lie outside. */
export function slotAt({ since, bucketMs }: Past, at: string): number {
  return Math.floor(Date.parse(at) / bucketMs) - Math.floor(Date.parse(since) / bucketMs);
}

/** The worst result of a bucket: no good check hides a bad one. */
export function kindOf({ inconsistent, inconclusive, failed }: Bucket): Bar['kind'] {
  if (inconsistent > 0) return 'bad';
  return inconclusive + failed > 0 ? 'unknown' : 'ok';
}

/** Bars from left to right, with equal neighbours joined. Slots without checks stay empty. */
export function barsOf(past: Past): Bar[] {
  const slots = slotsOf(past);
  const kinds: Bar['kind'][] = Array.from({ length: slots }, () => 'none');
  for (const bucket of past.buckets) {
    const slot = slotAt(past, bucket.at);
    if (slot >= 0 && slot < slots) kinds[slot] = kindOf(bucket);
  }
  const bars: Bar[] = [];
  for (const [slot, kind] of kinds.entries()) {
    const last = bars.at(-1);
    if (last?.kind === kind) bars[bars.length - 1] = { ...last, to: slot + 1 };
    else bars.push({ kind, from: slot, to: slot + 1 });
  }
  return bars;
}

/** Sums over the whole time. */
export function totalsOf({ buckets }: Past) {
  const total = { checks: 0, consistent: 0, inconsistent: 0, inconclusive: 0, failed: 0 };
  for (const bucket of buckets) {
    total.checks += bucket.checks;
    total.consistent += bucket.consistent;
    total.inconsistent += bucket.inconsistent;
    total.inconclusive += bucket.inconclusive;
    total.failed += bucket.failed;
  }
  return total;
}

/** The points of a line in a drawing of the given height, from the left; `null` values break the line. */
export function lineOf(
  past: Past,
  chosen: (bucket: Bucket) => number | null,
  most: number,
  height: number,
): string {
  let path = '';
  let before = Number.NaN;
  for (const bucket of past.buckets) {
    const value = chosen(bucket);
    if (value === null) continue;
    const slot = slotAt(past, bucket.at);
    const y = (height - (value / most) * height).toFixed(1);
    // Slots without a check are bridged while they are few; a single point is drawn as a short stroke.
    path += slot - before <= 3 ? `L${slot + 0.5} ${y}` : `M${slot} ${y}L${slot + 0.5} ${y}`;
    before = slot;
  }
  return path;
}
