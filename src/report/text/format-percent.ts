/** A share in words: `99.95%`; `100%` and `0%` only of what is exactly that; `-` where it could not be told. */
export function formatPercent(share: number | null): string {
  if (share === null) return '-';
  if (share === 1 || share === 0) return `${share * 100}%`;
  return `${Math.min(Math.max(share * 100, 0.01), 99.99).toFixed(2)}%`;
}
