/** What a JSON Pointer points at, or that there is nothing. */
export type Resolved = { readonly found: true; readonly value: unknown } | { readonly found: false };

const nothing: Resolved = { found: false };

/** An array index as RFC 6901 §4 writes it: no leading zeros, no sign. */
const index = /^(?:0|[1-9]\d*)$/;

/**
 * What a JSON Pointer (RFC 6901) points at in a parsed document. Only own properties count: a service cannot make
 * `/constructor` or `/__proto__` point at something that it did not send. A pointer that is none points at nothing.
 */
export function resolve(document: unknown, pointer: string): Resolved {
  if (pointer === '') return { found: true, value: document };
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return nothing;
  let value = document;
  for (const reference of pointer.slice(1).split('/')) {
    const name = reference.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return nothing;
    if (Array.isArray(value) && !index.test(name)) return nothing;
    if (!Object.hasOwn(value, name)) return nothing;
    const next: unknown = Reflect.get(value, name);
    value = next;
  }
  return { found: true, value };
}
