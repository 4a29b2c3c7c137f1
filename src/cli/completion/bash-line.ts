import { escapedInSingleQuotes } from '../../schema/shell-quote.js';

/** A command line up to the cursor, parsed like bash. */
export interface Line {
  /** Words without quotes. The last one is incomplete, and may be empty. */
  readonly words: readonly string[];
  /** The open quote of the last word. */
  readonly quote: '' | '"' | "'";
  /** Length of the part of the last word, without quotes, that bash does not replace. */
  readonly kept: number;
}

/**
 * Splits a line at unquoted whitespace. Variables and other expansions are not expanded.
 * @param breaks characters that start a word in bash's completion, but not in its commands: `COMP_WORDBREAKS`
 */
export function readLine(text: string, breaks: string): Line {
  const words: string[] = [];
  let word: string | null = null;
  let quote: Line['quote'] = '';
  let kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote === '' && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      kept = 0;
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
      kept = word.length;
    } else if (character === quote) {
      quote = '';
    } else if (character === '\\' && quote !== "'" && at + 1 < text.length) {
      at += 1;
      word = `${word ?? ''}${text[at]}`;
    } else {
      word = `${word ?? ''}${character}`;
      if (quote === '' && breaks.includes(character)) kept = word.length;
    }
  }
  return { words: [...words, word ?? ''], quote, kept };
}

/** Escapes a value for insertion, so that nothing in it is a command, an expansion or a quote. */
export function insertable(value: string, { quote, kept }: Line): string {
  const rest = value.slice(kept);
  if (quote === "'") return escapedInSingleQuotes(rest);
  if (quote === '"') return rest.replace(/[\\"$`]/g, '\\$&');
  return rest.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&');
}
