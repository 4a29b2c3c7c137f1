import type * as z from 'zod';
import type { JsonValue } from '../model.js';
import { formatPath, isObject, quoted } from '../schema/path.js';
import { parseJson } from '../schema/read-json.js';
import { formatOfParts, type Part, protocol, schemaVersion } from './part.js';
import { parsePart } from './part-schema.js';

/** A document, and where it was read. */
export interface NamedPart {
  /** A path, or `standard input`. */
  readonly path: string;
  readonly part: Part;
}

/** The reason why a document cannot be used. */
export interface PartProblem {
  readonly path: string;
  readonly message: string;
}

export type ReadPart =
  | { readonly ok: true; readonly part: Part }
  | { readonly ok: false; readonly message: string };

/**
 * The documents in a text: one, or one on each line.
 */
export function readParts(written: string): ReadPart[] {
  const text = written.replace(/^\uFEFF/, '');
  if (text.trim() === '') return [failed('is empty')];
  const whole = parseJson(text);
  if (whole !== undefined) return [readPart(whole)];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parseJson);
  // Lines of one torn document are no documents either.
  if (lines.length === 1 || values.every((value) => !isObject(value))) return [failed(torn(text))];
  return values.map((value, at) => (value === undefined ? failed(torn(lines[at] ?? '')) : readPart(value)));
}

const failed = (message: string): ReadPart => ({ ok: false, message });

function torn(text: string): string {
  if (!text.trimStart().startsWith('{')) return 'is not JSON';
  return text.trimEnd().endsWith('}')
    ? 'is not JSON: it was changed, or is several documents that are not one on each line'
    : 'is not complete: it was cut off, or is still being written';
}

function readPart(value: JsonValue): ReadPart {
  if (!isObject(value) || value.format !== formatOfParts) return failed(foreign(value));
  const unfit = otherVersion('schemaVersion', value.schemaVersion, schemaVersion, value);
  if (unfit !== null) return failed(unfit);
  const other = otherVersion('protocol', value.protocol, protocol, value);
  if (other !== null) return failed(other);
  const parsed = parsePart(value);
  if ('issues' in parsed)
    return failed(`is not as jwtcheck${writer(value)} writes it: ${shown(parsed.issues)}`);
  const contradiction = contradictionIn(parsed.part);
  return contradiction === null
    ? { ok: true, part: parsed.part }
    : failed(`contradicts itself: ${contradiction}`);
}

function foreign(value: JsonValue): string {
  return isObject(value) && 'verdict' in value
    ? 'is a report, not observations: write them with jwtcheck check -f observations:FILE'
    : 'does not contain observations: write them with jwtcheck check -f observations:FILE';
}

function otherVersion(
  key: 'schemaVersion' | 'protocol',
  found: JsonValue | undefined,
  known: number,
  document: JsonValue,
): string | null {
  if (found === known) return null;
  if (typeof found !== 'number') return `has no ${key}`;
  const by = `was written by ${found > known ? 'a newer' : 'an older'} jwtcheck${writer(document)}`;
  const whose = found > known ? 'Update jwtcheck here' : 'Update jwtcheck where it was written';
  return `${by} (${key} ${found}; here it is ${known}). ${whose}, and use one version for all parts`;
}

/** The version of the program that wrote it, for a message. */
function writer(document: JsonValue): string {
  const tool = isObject(document) ? document.tool : undefined;
  const version = isObject(tool) ? tool.version : undefined;
  return typeof version === 'string' && /^[\w.+-]{1,40}$/.test(version) ? ` ${version}` : '';
}

const mostShown = 3;

function shown(issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.slice(0, mostShown).map(({ path, message }) => {
    const place = formatPath(path.map((key) => (typeof key === 'symbol' ? String(key) : key)));
    return place === '' ? message : `${place}: ${message}`;
  });
  return [...lines, ...(issues.length > mostShown ? [`${issues.length - mostShown} more`] : [])].join('; ');
}

/** Contradictions that no check writes: names that occur twice, that are not among all participants, or with other values than there. */
function contradictionIn({ all, observed, participants, reference }: Part): string | null {
  const names = new Map<string, boolean>();
  for (const { name, required } of all) {
    if (names.has(name)) return `all: ${quoted(name)} occurs twice`;
    names.set(name, required);
  }
  const seen = new Set<string>();
  for (const { name, required } of participants) {
    if (seen.has(name)) return `participants: ${quoted(name)} occurs twice`;
    if (!names.has(name)) return `participants: ${quoted(name)} is not in all`;
    if (names.get(name) !== required)
      return `participants: ${quoted(name)} is required or not, and otherwise in all`;
    seen.add(name);
  }
  const unseen = observed.find((name) => !seen.has(name));
  if (unseen !== undefined) return `observed: ${quoted(unseen)} is not in participants`;
  if (reference !== null && !names.has(reference)) return `reference: ${quoted(reference)} is not in all`;
  return null;
}
