/**
 * The names of a participant's probes: configured names, or the kind, numbered from the second on (`http`, `http-2`).
 * Generated names never equal configured ones.
 * @param label makes a configured name safe to print; names that become equal are numbered as well
 */
export function probeNames(
  probes: readonly { readonly kind: string; readonly name?: string | undefined }[],
  label: (text: string) => string = (text) => text,
): string[] {
  const given = probes.map(({ name }) => (name === undefined ? null : label(name)));
  const taken = new Set(given.filter((name) => name !== null));
  const used = new Set<string>();
  return probes.map(({ kind }, index) => {
    const name = given[index] ?? null;
    const isFirst = name !== null && !used.has(name);
    let free = name ?? kind;
    if (!isFirst) {
      for (let number = 2; taken.has(free); number += 1) free = `${name ?? kind}-${number}`;
    }
    taken.add(free);
    used.add(free);
    return free;
  });
}
