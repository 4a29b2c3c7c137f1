/** Any text as one word of a POSIX shell, in single quotes. */
export function singleQuoted(text: string): string {
  return `'${escapedInSingleQuotes(text)}'`;
}

/** A text as it stands between single quotes that are already open. */
export function escapedInSingleQuotes(text: string): string {
  return text.replaceAll("'", "'\\''");
}

/** Words that every shell takes as they are. */
const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A variable as a configuration's text names it. */
const variable = /(\$\{[A-Za-z_][A-Za-z0-9_]*\})/;

/** What stands where something was taken out, and characters that no terminal shows: nothing to be pasted. */
const unfit = /\[secret\]|\[token\]|…|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/**
 * A configured name or path as one word of a POSIX shell. Variables (`${NAME}`) stay variables, in double quotes.
 * `null` where it cannot be pasted: something was taken out of it, or it holds control characters.
 */
export function shellWord(text: string): string | null {
  if (text === '' || unfit.test(text)) return null;
  return text
    .split(variable)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (variable.test(piece)) return `"${piece}"`;
      return plain.test(piece) ? piece : singleQuoted(piece);
    })
    .join('');
}

/** A participant's name as Cloud Run and Kubernetes would have it: lower case letters, digits and hyphens (RFC 1123). */
export function dnsLabel(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return label === '' ? 'SERVICE' : label;
}

/** A text that cannot begin a line of its own, and so cannot pass for a command. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
