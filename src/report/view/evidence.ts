import type { Finding, JsonValue } from '../../model.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';

const duration = /\d+(?:\.\d+)? ?m?s\b/g;

/** A key that is equal for answers that differ only in their durations. */
export function answerKey(answer: string): string {
  return answer.replace(duration, 'a while');
}

/** The answers without those that differ only in a duration from an earlier one. */
export function distinctAnswers(answers: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const answer of answers) {
    const key = answerKey(answer);
    if (!first.has(key)) first.set(key, answer);
  }
  return [...first.values()];
}

/** A key of the evidence in words: `keyBytes` is `key bytes`. */
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

/** A value on one line: `a; b`, or `9b1c0f2e 3; 200718bd 2`. */
function asText(value: JsonValue): string {
  const short = (item: JsonValue): string => (isFlat(item) ? String(item) : JSON.stringify(item));
  if (isFlat(value)) return String(value);
  if (Array.isArray(value)) return distinctAnswers(value.map(short)).join('; ');
  return Object.entries(value)
    .map(([key, item]) => `${key} ${short(item)}`)
    .join('; ');
}

/** Whether a value adds something to the words around it, on a line that people can read. */
function helps(value: JsonValue, words: string): boolean {
  if (value === null || typeof value === 'boolean' || value === '') return false;
  if (typeof value === 'number') return true;
  if (isFlat(value)) return !words.includes(String(value));
  const parts = Object.values(value);
  if (!parts.every(isFlat)) return false;
  const named = Array.isArray(value) ? parts.map(String) : Object.keys(value);
  return named.some((part) => !words.includes(part));
}

/** A piece of evidence in words. */
export interface Fact {
  /** On one line, and escaped for terminals. */
  readonly name: string;
  /** Not escaped yet. */
  readonly text: string;
}

const factOf = ([key, value]: [string, JsonValue]): Fact => ({ name: inWords(key), text: asText(value) });

/** All evidence of a finding. */
export function everyFact(finding: Finding): Fact[] {
  return Object.entries(finding.evidence).map(factOf);
}

/** The evidence that the words of the finding do not contain already. */
export function informativeFacts(finding: Finding): Fact[] {
  const words = `${finding.message}\n${finding.remedy}`;
  return Object.entries(finding.evidence)
    .filter(([, value]) => helps(value, words))
    .map(factOf);
}
