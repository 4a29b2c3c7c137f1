import type { Report } from '../../model.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';

const mostNamed = 3;

/** That a report is not about Secret Manager itself, in words that stand alone; `null` where it is, or nobody asked it. */
export function emulatorNote({ emulators = [] }: Pick<Report, 'emulators'>): string | null {
  if (emulators.length === 0) return null;
  const named = emulators.slice(0, mostNamed).map((where) => sanitizeAndTruncate(where, 60));
  const more = emulators.length > mostNamed ? ` and ${emulators.length - mostNamed} more` : '';
  return `Secret Manager emulator at ${named.join(', ')}${more}`;
}
