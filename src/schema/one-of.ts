import * as z from 'zod';

/** One schema out of a registry: a kind that is registered is a kind that can be configured. */
export function oneOf<T extends z.core.$ZodTypeDiscriminable>(schemas: readonly T[]) {
  const [first, ...rest] = schemas;
  if (first === undefined) throw new TypeError('an empty registry');
  return z.discriminatedUnion('kind', [first, ...rest]);
}
