/**
 * The letters that follow each letter of the alphabet in words. They are half of all pairs, but 99 of 100 pairs in
 * English text and in identifiers. In random letters every second pair is a rare one.
 */
const followers = [
  'bcdefghijklmnprstuvwxyz',
  'aeijlorsuy',
  'acehiklorstuy',
  'adegilorsuy',
  'abcdefghijklmnopqrstuvwxyz',
  'aefilortuy',
  'aeghilnorsu',
  'aeilmnortuy',
  'abcdefgklmnoprstuvxz',
  'aeiosu',
  'aehiosuy',
  'abcdefgilmopstuvy',
  'abeilmopsuy',
  'abcdefgiklmnoprstuvy',
  'abcdefghiklmnoprstuvwxy',
  'aehiloprstuy',
  'u',
  'abcdefgiklmnoprstuvy',
  'acefhiklmnopstuwy',
  'acdehilmoprstuwyz',
  'abcdefgiklmnprst',
  'aeio',
  'aehinors',
  'ceipt',
  'aeilmnopst',
  'aeituw',
].map((letters) => new Set(letters));

/** Parts of pod and host names have up to this many characters. They are shown regardless of their content. */
const longestPart = 12;

/** Digits of a time in nanoseconds. */
const longestNumber = 19;

/** Maximum length of a name or word without a separator. */
const longestWord = 80;

/** Splits a name such as `JsonWebTokenError` or `sha256WithRSAEncryption` into words and numbers. */
const unitsOf = (part: string): readonly string[] => part.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];

function rarePairs(word: string): number {
  const letters = word.toLowerCase();
  let rare = 0;
  for (let at = 1; at < letters.length; at += 1) {
    if (followers[letters.charCodeAt(at - 1) - 97]?.has(letters.charAt(at)) !== true) rare += 1;
  }
  return rare;
}

/** Whether letters and digits without a separator consist of words and numbers. */
export function isReadable(part: string): boolean {
  if (part.length > longestWord) return false;
  if (/^\d+$/.test(part)) return part.length <= longestNumber;
  const units = unitsOf(part);
  const numbers = units.filter((unit) => unit <= '9~');
  const words = units.filter((unit) => unit > '9~');
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  if (part.length < units.length * 3) return false;
  if (numbers.length > 2 || (numbers.length === 2 && part.length - letters > 8)) return false;
  // Short words inside a name are abbreviations, such as `Hmac` and `Jwk`.
  const long = words.filter((word) => word.length > 4);
  const judged = long.reduce((sum, word) => sum + word.length, 0) * 2 < letters ? words : long;
  return judged.reduce((sum, word) => sum + rarePairs(word), 0) <= Math.max(1, Math.round(letters / 7));
}

const isMixedCase = (part: string): boolean => /[a-z]/.test(part) && /[A-Z]/.test(part);

/** Whether a part of up to twelve characters switches between upper case, lower case and digits as no name does. */
const isRagged = (part: string): boolean =>
  part.length >= 8 &&
  isMixedCase(part) &&
  (part.length < unitsOf(part).length * 2.2 || rarePairs(part.replace(/\d+/g, '')) * 3 > part.length);

const looksRandom = (part: string): boolean =>
  part.length > longestPart ? !isReadable(part) : isRagged(part);

/** Number of characters in non-word parts of mixed case above which a text is no name. */
const mostMixedCase = 16;

/** Determines which parts of a run look random. Every second part is a separator. */
function randomParts(parts: readonly string[]): boolean[] {
  const isPart = (at: number): boolean => at % 2 === 0;
  const left = parts.map((part, at) => isPart(at) && looksRandom(part));
  const mixed = parts.map((part, at) => isPart(at) && isMixedCase(part) && !isReadable(part));
  const size = parts.reduce((sum, part, at) => sum + (mixed[at] === true ? part.length : 0), 0);
  return size < mostMixedCase ? left : left.map((is, at) => is || mixed[at] === true);
}

/** Whether a part is certainly a word or a number. Next to a random part, only such parts are kept. */
const isWord = (part: string): boolean =>
  /^(?:[A-Z]?[a-z]{2,}|[A-Z]{3,}|[a-z]+\d{1,3})$/.test(part) &&
  isReadable(part) &&
  rarePairs(part.replace(/\d+/g, '')) === 0;

/** Minimum length of a run in which punctuation is examined. */
const shortestMixed = 12;

/** Two characters that are rare in names, addresses and numbers. */
const twoUnusual = /[!@#$%^&*~|?+=\\].*[!@#$%^&*~|?+=\\]/s;

/**
 * Whether it looks like a password with punctuation: two or more rare characters, and most of its letters and digits
 * not in words.
 */
function isMixed(run: string): boolean {
  if (run.length < shortestMixed || !twoUnusual.test(run)) return false;
  const parts = partsOf(run).filter((_, at) => at % 2 === 0);
  const length = (some: readonly string[]): number => some.reduce((sum, part) => sum + part.length, 0);
  const words = parts.filter((part) => /^\d+$/.test(part) || (/^[A-Za-z]{3,}$/.test(part) && isWord(part)));
  return length(words) * 2 < length(parts);
}

/** Sixteen or more pairs of hex digits with one separator, as keys are often printed. */
const pairs = /(?<![0-9A-Za-z])[0-9a-f]{2}(?:[: -][0-9a-f]{2}){15,63}/gi;

/** Runs of characters that are long enough to be examined. */
const runs = /[^\x00-\x20"'`,;()[\]{}<>]{8,}/g;

/** Separates letters and digits from other characters, starting with letters and digits. */
function partsOf(run: string): string[] {
  const parts = run.split(/([^0-9A-Za-z]+)/);
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

/**
 * Keeps the words, numbers and identifiers of a text of limited length. Random-looking parts are replaced with `…`,
 * whether or not they are known secrets.
 */
export function withoutRandom(text: string): string {
  return text.replace(pairs, '…').replace(runs, (run) => {
    if (isMixed(run)) return '…';
    const parts = partsOf(run);
    const left = randomParts(parts);
    return left.includes(true) ? leaveOut(parts, left) : run;
  });
}

/** Removes parts, and adjacent parts and separators that are no words. */
function leaveOut(parts: readonly string[], left: boolean[]): string {
  const spread = (from: number, step: 2 | -2): void => {
    for (let at = from; at >= 0 && at < parts.length; at += step) {
      if (left[at - step] === true && !isWord(parts[at] ?? '')) left[at] = true;
    }
  };
  spread(2, 2);
  spread(parts.length - 3, -2);
  let shown = '';
  for (const [at, part] of parts.entries()) {
    const isLeft = at % 2 === 0 ? left[at] === true : left[at - 1] === true && left[at + 1] === true;
    if (!isLeft) shown += part;
    else if (!shown.endsWith('…')) shown += '…';
  }
  return shown;
}

/**
 * Replaces every run of certain code units, like a regular expression, but without recursion: the stack would grow
 * with the run, whose length a service determines.
 */
export function mapRuns(
  text: string,
  isPart: (unit: number) => boolean,
  replace: (run: string) => string,
): string {
  let result = '';
  let start = 0;
  let inRun = false;
  for (let at = 0; at <= text.length; at += 1) {
    const isIn = at < text.length && isPart(text.charCodeAt(at));
    if (isIn === inRun && at < text.length) continue;
    const piece = text.slice(start, at);
    result += inRun ? replace(piece) : piece;
    start = at;
    inRun = isIn;
  }
  return result;
}
