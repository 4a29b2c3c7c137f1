import { SignJWT } from 'jose';

/** A token with these claims, signed with a key that no participant holds. */
export async function tokenOf(claims: Readonly<Record<string, unknown>>): Promise<string> {
  const key = new TextEncoder().encode('a key of no participant, long enough for it');
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1m').sign(key);
}
