/** `1 check`, `1,440 checks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** Money per month, rounded to whole units; an unknown currency follows the number. */
export function money(amount: number, currency: string): string {
  try {
    const style = {
      style: 'currency',
      currency,
      maximumFractionDigits: 0,
      currencyDisplay: 'narrowSymbol',
    } as const;
    return new Intl.NumberFormat('en-GB', style).format(amount);
  } catch {
    return `${amount.toLocaleString('en-GB')} ${currency}`;
  }
}

/** A share of a positive total: 100 % only if nothing is missing, 0 % only if there is nothing. */
export function percent(part: number, of: number): string {
  const share = (part / of) * 100;
  if (part === of || part === 0) return `${share} %`;
  return `${Math.min(Math.max(share, 0.1), 99.99).toFixed(share >= 99 ? 2 : 1)} %`;
}

/** A time in the local time zone: `22 Nov, 01:21`. */
export function formatTime(at: string): string {
  const style = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(at).toLocaleString('en-GB', style);
}
