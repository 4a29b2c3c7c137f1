import type { Finding, JsonValue } from '../../model.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { distinctAnswers } from './answer-key.js';

/** `keyBytes` is `key bytes`. */
function inWords(key: string): string {
  return sanitizeAndTruncate(
    key
      .slice(0, 200)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase(),
    40,
  );
}

function isFlat(value: JsonValue): value is string | number | boolean | null {
  return typeof value !== 'object' || value === null;
}

/** On one line: `a; b`, or `9b1c0f2e 3; 200718bd 2`. */
function asText(value: JsonValue): string {
  const short = (item: JsonValue): string => (isFlat(item) ? String(item) : JSON.stringify(item));
  if (isFlat(value)) return String(value);
  if (Array.isArray(value)) return distinctAnswers(value.map(short)).join('; ');
  return Object.entries(value)
    .map(([key, item]) => `${key} ${short(item)}`)
    .join('; ');
}

/** Whether it would add something to the words around it, on a line that people can read. */
function helps(value: JsonValue, words: string): boolean {
  if (value === null || typeof value === 'boolean' || value === '') return false;
  if (typeof value === 'number') return true;
  if (isFlat(value)) return !words.includes(String(value));
  const parts = Object.values(value);
  if (!parts.every(isFlat)) return false;
  const told = Array.isArray(value) ? parts.map(String) : Object.keys(value);
  return told.some((part) => !words.includes(part));
}

/** A piece of evidence in words. */
export interface Fact {
  /** On one line and harmless. */
  readonly name: string;
  /** As it came: still to be escaped. */
  readonly text: string;
}

const factOf = ([key, value]: [string, JsonValue]): Fact => ({ name: inWords(key), text: asText(value) });

/** All that a finding rests on. */
export function everyFact(finding: Finding): Fact[] {
  return Object.entries(finding.evidence).map(factOf);
}

/** What its words do not tell already. */
export function informativeFacts(finding: Finding): Fact[] {
  const words = `${finding.message}\n${finding.remedy}`;
  return Object.entries(finding.evidence)
    .filter(([, value]) => helps(value, words))
    .map(factOf);
}
