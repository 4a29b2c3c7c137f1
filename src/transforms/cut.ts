import { Input, isAscii, type Variant } from './transform.js';

/** Names for characters that are hard to read in quotes. */
const names: Readonly<Record<string, string>> = {
  ' ': 'a space',
  '\t': 'a tab',
  '\n': 'a newline',
  '\r': 'a carriage return',
  '\0': 'a NUL byte',
  '\x1a': 'an end-of-file character (0x1A)',
  '"': 'a double quote',
  "'": 'a single quote',
  '`': 'a backquote',
};

/** The name of a special character in a sentence. */
export const nameOf = (character: string): string => names[character] ?? `a "${character}"`;

/** Letters, digits and bytes of other characters: no tool cuts there, and they are part of the secret. */
export const isOrdinary = (character: string): boolean => !/[\0\t\n\r\x1a\x20-,./:-@[-^`{-~]/.test(character);

/** The position of the character at a byte index, counted from 1. */
export function positionOf(text: string, index: number): number {
  if (isAscii(text)) return index + 1;
  const before = text.slice(0, index);
  return [...(new Input(before).unicode ?? before)].length + 1;
}

/** The text before the character at an index. */
export function cutAt(text: string, index: number, words?: string): Variant {
  const character = text[index] ?? '';
  const position = positionOf(text, index);
  return {
    to: text.slice(0, index),
    text: words ?? `cut before character ${position}, ${nameOf(character)}`,
    facts: { position, character },
  };
}
