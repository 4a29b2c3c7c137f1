/** The host that a URL begins with, variables unexpanded; the path, which may be a credential, is left out. */
export function hostOnly(text: string): string | null {
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(text) ?? [];
  return origin === undefined ? null : `${origin}/…`;
}

/**
 * A URL that is a credential, fit to be shown: the variable that it begins with, or its host. `label` is
 * `Loaded.label`, which takes a URL that was typed for a secret as a whole.
 */
export function shownUrl(url: string, label: (text: string) => string): string {
  const shown = label(url);
  const [variable] = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}/.exec(shown) ?? [];
  return variable ?? hostOnly(shown) ?? hostOnly(label(new URL(url).origin)) ?? '…';
}
