import type { Secret } from '../../../secret/secret.js';

/** Minimum length of a part in characters. Shorter parts may be words. */
const shortestPart = 8;

/** Tokens below this length are searched in every form; characters. */
const shortestUsual = 64;

const taken = '[token]';

/**
 * The presented token in the forms in which an answer may repeat it: in full, encoded again, its parts, and their
 * decoded content.
 */
export interface PresentedToken {
  /** The text without the token. */
  without(text: string): string;
  /** Whether a text contains the token, or is a longer part of it. */
  isIn(text: string): boolean;
}

/**
 * Searches answers for a token. Few answers repeat it, so that the forms are computed only for a text that contains
 * the start of one.
 * @param token `null`: no token was presented, and nothing is found
 */
export function presented(token: Secret | null): PresentedToken {
  if (token === null) return { without: (text) => text, isIn: () => false };
  let starts: readonly string[] | null = null;
  let texts: readonly string[] | null = null;
  const all = (): readonly string[] => {
    texts ??= textsOf(token.reveal().toString('latin1'));
    return texts;
  };
  const mayBeIn = (text: string): boolean => {
    starts ??= startsOf(token.reveal().toString('latin1'));
    return starts.some((start) => text.includes(start));
  };
  return {
    without: (text) =>
      mayBeIn(text) ? all().reduce((rest, one) => rest.replaceAll(one, taken), text) : text,
    isIn: (text) =>
      (mayBeIn(text) && all().some((one) => text.includes(one))) ||
      (text.length >= 16 && all().some((one) => one.includes(text))),
  };
}

/** Start of all forms below. */
function startsOf(whole: string): string[] {
  if (whole.length < shortestUsual) return [''];
  const [first = '', ...others] = partsOf(whole);
  const beginning = whole.slice(0, 12);
  return [
    ...[whole, first, ...others].map((one) => one.slice(0, shortestPart)),
    ...[0, 1, 2].flatMap((before) =>
      encodedAfter(before, beginning).map((one) => one.slice(0, shortestPart)),
    ),
    // The first character, of at most four bytes.
    ...[first, ...others]
      .slice(0, 2)
      .flatMap((part) => [...Buffer.from(part.slice(0, 8), 'base64url').toString('utf8')].slice(0, 1)),
  ];
}

const partsOf = (whole: string): string[] => whole.split('.').filter((part) => part.length >= shortestPart);

/** The longest form first. */
function textsOf(whole: string): string[] {
  const parts = partsOf(whole);
  const decoded = parts.slice(0, 2).map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  const bytes = Buffer.from(whole);
  const encoded = [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((before) => encodedAfter(before, whole)),
  ];
  return [whole, ...encoded, ...parts, ...decoded].sort((a, b) => b.length - a.length);
}

/** Base64 of the token after a number of other bytes, without the characters that encode other bytes as well. */
function encodedAfter(before: number, whole: string): string[] {
  const bytes = Buffer.from(`${' '.repeat(before)}${whole}`);
  return (['base64', 'base64url'] as const).map((encoding) =>
    bytes
      .toString(encoding)
      .replace(/=+$/, '')
      .slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)),
  );
}
