import { isReadable, mapRuns } from './random-text.js';

/** Minimum length of a part of a token. */
const shortestPart = 10;

/** Two parts of a token. Texts without them, and without the start of a JWT, contain no token. */
const twoParts = new RegExp(String.raw`[\w-]{${shortestPart}}\.[\w-]{${shortestPart}}`);

/** Start of a JWT (`{"` in base64url), also encoded again. */
const beginning = /(?:eyJ|ZXlK)[\w+/=-]{5}/;

const unitsOf = (characters: string): ReadonlySet<number> =>
  new Set(Array.from(characters, (character) => character.charCodeAt(0)));
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ofBase64 = unitsOf(`${digits}_+/=.-`);
const ofToken = unitsOf(`${digits}_.-`);

/**
 * Removes everything in the form of a JWT from a text: texts that start like one, complete or truncated, and three
 * parts like those of one. Takes linear time for any text.
 */
export function redactTokens(text: string): string {
  if (!beginning.test(text) && !twoParts.test(text)) return text;
  return mapRuns(
    text,
    (unit) => ofBase64.has(unit),
    (run) => {
      const at = run.search(beginning);
      return at === -1 ? withoutTriples(run) : `${withoutTriples(run.slice(0, at))}[token]`;
    },
  );
}

function withoutTriples(run: string): string {
  return mapRuns(
    run,
    (unit) => ofToken.has(unit),
    (text) => {
      const parts = text.split('.');
      if (parts.length < 3) return text;
      const shown: string[] = [];
      for (let at = 0; at < parts.length; at += 1) {
        if (isToken(parts.slice(at, at + 3))) {
          shown.push('[token]');
          at += 2;
        } else shown.push(parts[at] ?? '');
      }
      return shown.join('.');
    },
  );
}

/** Whether three long parts look like a token. Parts that are all words belong to the name of a host or a class. */
const isToken = (parts: readonly string[]): boolean =>
  parts.length === 3 &&
  parts.every((part) => part.length >= shortestPart) &&
  !parts.every((part) => part.split(/[_-]/).every(isReadable));
