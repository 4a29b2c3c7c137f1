/** Groups what concerns participants by their names, in the given order. */
export function groupByParticipant<T extends { readonly participant: string }>(
  all: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.participant);
    if (group === undefined) groups.set(one.participant, [one]);
    else group.push(one);
  }
  return groups;
}
