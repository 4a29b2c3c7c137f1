/**
 * A URL whose path is a credential, fit to be shown. `label` is what `Loaded.label` made of it: only the variable that
 * it begins with, or the host, is kept.
 */
export function shownUrl(label: string): string {
  const [variable] = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}/.exec(label) ?? [];
  if (variable !== undefined) return variable;
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(label) ?? [];
  return origin === undefined ? '…' : `${origin}/…`;
}
