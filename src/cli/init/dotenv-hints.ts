import type { Hint } from './hint.js';
import { looksLikeJwtSecret } from './plain-names.js';

/** Files that show which variables there are; what stands in them is no secret that anybody uses. */
const sample = /[.-](example|sample|template|tmpl|dist|defaults?)$/i;

/**
 * The names in a dotenv file that look like JWT secrets. Values are passed over: none of them gets into the result, not
 * even a line of one that spans several.
 */
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
