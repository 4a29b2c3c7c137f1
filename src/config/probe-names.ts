/**
 * What each probe of a participant is called: its own name, otherwise its kind, numbered from the second on
 * (`http`, `http-2`). Made-up names keep clear of the given ones.
 */
export function probeNames(
  probes: readonly { readonly kind: string; readonly name?: string | undefined }[],
): string[] {
  const taken = new Set(probes.flatMap((probe) => probe.name ?? []));
  return probes.map(({ kind, name }) => {
    if (name !== undefined) return name;
    let free = kind;
    for (let number = 2; taken.has(free); number += 1) free = `${kind}-${number}`;
    taken.add(free);
    return free;
  });
}
