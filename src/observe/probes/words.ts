import { STATUS_CODES } from 'node:http';

const fields = ['error', 'code', 'reason', 'message', 'detail', 'type'] as const;

/** An HTTP status with its name (RFC 9110 §15), such as `401 Unauthorized`. */
export function statusText(status: number): string {
  const name = STATUS_CODES[status];
  return name === undefined ? String(status) : `${status} ${name}`;
}

/** What an answer says about itself in the usual string fields, its `error` object included; never the rest of it. */
export function wordsOf(document: unknown): string[] {
  if (!isObject(document)) return [];
  const words = new Set<string>();
  for (const field of fields) {
    const value = Object.hasOwn(document, field) ? document[field] : undefined;
    if (typeof value === 'string' && value.trim() !== '') words.add(value.trim());
    else if (field === 'error' && isObject(value)) {
      for (const inner of wordsOf({ ...value, error: undefined })) words.add(inner);
    }
  }
  return [...words];
}

/** What was seen, then all that the service said about it: secrets are taken out of it, and it is cut, later. */
export function describe(seen: string, said: readonly string[]): string {
  return said.length === 0 ? seen : `${seen}: ${said.join(', ')}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
