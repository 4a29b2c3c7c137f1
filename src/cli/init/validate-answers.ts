import { isSensitiveName } from '../../config/expand/sensitive.js';
import { isLoopback, parseUrl } from '../../schema/url.js';
import type { Io } from '../../system/io.js';
import { isVariable, looksLikeJwtSecret } from './plain-names.js';

/**
 * Whether a text looks like a JWT, hex digits of a key, or random letters and digits. The parts of a path are
 * examined separately.
 */
export function looksLikeSecret(text: string): boolean {
  if (/eyJ[\w-]{8,}/.test(text) || /(?:^|[^0-9a-f])[0-9a-f]{32,}(?:$|[^0-9a-f])/i.test(text)) return true;
  return (text.match(/[A-Za-z0-9+=]{24,}/g) ?? []).some(
    (run) => /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run),
  );
}

const ownSecret = 'this looks like a secret; specify its name instead';

/**
 * Why a text must not be written to a configuration; `null` if it may. It is never repeated, because it may be a
 * misplaced secret.
 */
export function problemWithEntry(text: string, env: Io['env']): string | null {
  const isValue = Object.entries(env).some(
    ([name, value]) =>
      value !== undefined && value.length >= 8 && looksLikeJwtSecret(name) && text.includes(value),
  );
  if (isValue || looksLikeSecret(text)) return ownSecret;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)
    ? 'this contains characters that cannot be displayed'
    : null;
}

/** Why a URL must not be written to a configuration; `null` if it may. */
export function problemWithUrl(text: string, schemes: readonly string[], env: Io['env']): string | null {
  const wanted = `specify a URL with ${schemes.join(' or ')}`;
  const url = parseUrl(text);
  if (url === null) return wanted;
  const { protocol, username, password, hostname, searchParams } = url;
  if (!schemes.includes(`${protocol}//`)) return wanted;
  if (username !== '' || password !== '') {
    return 'a URL must not contain credentials; use a variable for a token (--token-env)';
  }
  if (
    [...searchParams].some(([name, value]) => isSensitiveName(name) && value !== '' && !value.includes('{{'))
  ) {
    return `a URL must not contain a secret in its query; write \${NAME} there in the file, and set the variable`;
  }
  if (/^(http|ws):$/.test(protocol) && !isLoopback(hostname)) {
    return `use ${protocol === 'ws:' ? 'wss' : 'https'}:// for other machines`;
  }
  return problemWithEntry(text, env);
}

/** Why a text is no valid list of variables; `null` if it is valid. */
export function problemWithVariables(names: readonly string[], env: Io['env']): string | null {
  if (names.length === 0 || !names.every(isVariable))
    return 'specify names of environment variables, not their values';
  return problemWithEntry(names.join(','), env);
}
