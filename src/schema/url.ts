/** A text as a URL; `null` where it is none. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * The beginning of a URL as `new URL` reads it (https://url.spec.whatwg.org/#concept-basic-url-parser): without leading
 * spaces and control characters, and without tabs and line breaks.
 */
export function asParsed(text: string): string {
  return text.replace(/^[\0-\x20]+|[\t\n\r]/g, '');
}

/** Hosts that traffic cannot leave this machine for. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** The host at the start of a URL, with variables unexpanded; the path, which may be a credential, is omitted. */
export function hostOnly(text: string): string | null {
  const [origin] = /^https?:[/\\]*[^/\\?#]*/i.exec(asParsed(text)) ?? [];
  return origin === undefined ? null : `${origin}/…`;
}

/**
 * The display form of a URL that is a credential: the variable at its start, or its host. `label` is `Loaded.label`,
 * which treats a typed URL as a secret as a whole.
 */
export function shownUrl(url: string, label: (text: string) => string): string {
  const shown = label(url);
  const [variable] = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}/.exec(shown) ?? [];
  return variable ?? hostOnly(shown) ?? hostOnly(label(new URL(url).origin)) ?? '…';
}
