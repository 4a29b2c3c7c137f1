/** Schemes and header names that are copied along with a token. */
const before =
  /^(?:(?:proxy-)?authorization\s*[:=]\s*)?(?:bearer|token|jwt)\s+|^(?:proxy-)?authorization\s*[:=]\s*/i;

/** A cookie or a JSON member: `access_token=…`, `"token": "…"`. */
const named = /^(?:(?:set-)?cookie\s*:\s*)?["']?[\w.-]{1,64}["']?\s*[=:]\s*(?=["']?eyJ)/i;

const quotes = /^(["'`])(.*)\1$/s;

/**
 * The token in a text that somebody pasted: without whitespace, quotes, `Authorization: Bearer`, or the name of a
 * cookie and what follows its value.
 */
export function withoutWrapping(text: string): string {
  let rest = text.replace(/^\uFEFF/, '').trim();
  for (let round = 0; round < 4; round += 1) {
    const next = (quotes.exec(rest)?.[2] ?? rest).replace(before, '').replace(named, '').trim();
    if (next === rest) break;
    rest = next;
  }
  // What follows a cookie's value, a shell's word or a JSON member.
  const [token = ''] = /^[\w.-]+(?=$|["'`;,&\s])/.exec(rest) ?? [''];
  const after = rest.slice(token.length);
  return token !== '' && /^["'`]?\s*(?:[;,&}].*)?$/s.test(after) ? token : rest.replace(/\s+/g, '');
}
