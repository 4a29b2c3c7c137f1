import type { Hint } from './hint.js';
import { looksLikeJwtSecret } from './plain-names.js';

/** Example files that list variables. Their values are not in use. */
const sample = /[.-](example|sample|template|tmpl|dist|defaults?)$/i;

/** Extracts names that look like JWT secrets from a dotenv file. Values are skipped, including multi-line ones. */
export function dotenvHints(text: string, path: string): Hint[] {
  const clues: Hint[] = [];
  let open: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (open !== null) {
      if (line.includes(open)) open = null;
      continue;
    }
    const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(["'`]?)/.exec(line);
    if (found === null) continue;
    const [start, key = '', quote = ''] = found;
    if (quote !== '' && !line.slice(start.length).includes(quote)) open = quote;
    if (!looksLikeJwtSecret(key)) continue;
    clues.push({ is: 'variable', name: key, from: path });
    if (!sample.test(path)) clues.push({ is: 'entry', path, key, from: path });
  }
  return clues;
}
