import { escapedInSingleQuotes } from '../../schema/shell-quote.js';
/** A command line as far as it was typed, read as bash reads it. */
export interface Line {
  /** Words without their quotes; the last one is being typed, and may be empty. */
  readonly words: readonly string[];
  /** The quote that the last word stands in. */
  readonly quote: '' | '"' | "'";
  /** How much of the last word, without quotes, stands before what bash replaces. */
  readonly kept: number;
}

/**
 * Splits a line at blanks outside quotes; variables and other expansions stay as they are.
 * @param breaks characters that begin a word for bash's completion, and not for its commands: `COMP_WORDBREAKS`
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

/** A value as it must be inserted: nothing in it may be taken for a command, an expansion or a quote. */
export function insertable(value: string, { quote, kept }: Line): string {
  const rest = value.slice(kept);
  if (quote === "'") return escapedInSingleQuotes(rest);
  if (quote === '"') return rest.replace(/[\\"$`]/g, '\\$&');
  return rest.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&');
}
