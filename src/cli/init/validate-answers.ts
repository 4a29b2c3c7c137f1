import { isSensitiveName } from '../../config/expand/sensitive.js';
import { isLoopback, parseUrl } from '../../schema/url.js';
import type { Io } from '../../system/io.js';
import { isVariable, looksLikeJwtSecret } from './plain-names.js';

/** A JWT, hex digits of a key, or letters and digits mixed as only chance mixes them; of a path each part by itself. */
export function looksLikeSecret(text: string): boolean {
  if (/eyJ[\w-]{8,}/.test(text) || /(?:^|[^0-9a-f])[0-9a-f]{32,}(?:$|[^0-9a-f])/i.test(text)) return true;
  return (text.match(/[A-Za-z0-9+=]{24,}/g) ?? []).some(
    (run) => /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run),
  );
}

const ownSecret = 'that looks like a secret itself; give its name, it stays where it is';

/**
 * Why a text may not go into a configuration, or `null`. What was typed is never repeated: it may be a secret in the
 * wrong place.
 */
export function problemWithEntry(text: string, env: Io['env']): string | null {
  const isValue = Object.entries(env).some(
    ([name, value]) =>
      value !== undefined && value.length >= 8 && looksLikeJwtSecret(name) && text.includes(value),
  );
  if (isValue || looksLikeSecret(text)) return ownSecret;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text) ? 'that holds characters that cannot be shown' : null;
}

/** Why a URL may not go into a configuration, or `null`. */
export function problemWithUrl(text: string, schemes: readonly string[], env: Io['env']): string | null {
  const wanted = `give a URL with ${schemes.join(' or ')}`;
  const url = parseUrl(text);
  if (url === null) return wanted;
  const { protocol, username, password, hostname, searchParams } = url;
  if (!schemes.includes(`${protocol}//`)) return wanted;
  if (username !== '' || password !== '') {
    return 'a URL must not carry credentials; take a token from a variable instead (--token-env)';
  }
  if (
    [...searchParams].some(([name, value]) => isSensitiveName(name) && value !== '' && !value.includes('{{'))
  ) {
    return `a URL must not carry a secret in its query; put \${NAME} there by hand, and set the variable`;
  }
  if (/^(http|ws):$/.test(protocol) && !isLoopback(hostname)) {
    return `use ${protocol === 'ws:' ? 'wss' : 'https'}:// for what is not on this machine`;
  }
  return problemWithEntry(text, env);
}

/** Why a text is no list of variables, or `null`. */
export function problemWithVariables(names: readonly string[], env: Io['env']): string | null {
  if (names.length === 0 || !names.every(isVariable))
    return 'give names of environment variables, not their values';
  return problemWithEntry(names.join(','), env);
}
