import { distance } from 'fastest-levenshtein';
import { quoted } from './path.js';

/** More names than this are no help to a reader. */
const mostListed = 20;

/** The known name that was probably meant, or `null`. */
export function suggest(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  let best: { name: string; far: number } | null = null;
  for (const name of known) {
    const other = name.toLowerCase();
    // A word and the beginning of a word: prod, production.
    const begun = lower.length >= 3 && (other.startsWith(lower) || lower.startsWith(other));
    const far = begun ? 1 : distance(lower.slice(0, 100), other.slice(0, 100));
    const shorter = Math.min(word.length, name.length);
    const allowed = shorter < 2 ? 0 : Math.max(1, Math.floor(shorter * 0.4));
    if (far <= allowed && (best === null || far < best.far)) best = { name, far };
  }
  return best?.name ?? null;
}

/** The end of a sentence about an unknown name: what was meant, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const name = suggest(word, known);
  return name === null ? '' : `; did you mean ${quoted(name)}?`;
}

/** Names in a sentence: `a`, `b` or `c`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map(quoted);
  if (names.length > mostListed) return `${shown.join(', ')} and ${names.length - mostListed} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}
