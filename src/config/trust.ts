import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Who runs the program; `null` where the system knows no such numbers. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The user of this process. */
export function currentUser(): User | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? null : { uid, gid };
}

const root = 0;
const writableByGroup = 0o020;
const writableByOthers = 0o002;

/**
 * Why a configuration that was found, not named, must not be taken; `null` where it may be. A configuration is code: one
 * that another user owns or may write would run that user's programs and send secrets where they like. What lies in the
 * checkout is as trusted as the rest of it, and in containers often another user's.
 * @param inside the repository's folder, or else the working directory
 */
export async function whyUntrusted(file: string, inside: string, user: User | null): Promise<string | null> {
  const folder = dirname(file);
  if (user === null || folder === inside || folder.startsWith(inside.endsWith('/') ? inside : `${inside}/`))
    return null;
  const [ofFile, ofFolder] = await Promise.all([stat(file), stat(folder)]);
  return whyNotOwn('it', ofFile, user) ?? whyNotOwn('its folder', ofFolder, user);
}

function whyNotOwn(
  what: string,
  { uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>,
  user: User,
): string | null {
  if (uid !== user.uid && uid !== root) return `another user owns ${what}`;
  // A group of one's own has the number of its user.
  const isOwnGroup = gid === root || (gid === user.gid && user.gid === user.uid);
  const isWritable = (mode & writableByOthers) !== 0 || ((mode & writableByGroup) !== 0 && !isOwnGroup);
  return isWritable ? `other users may write ${what}` : null;
}

/** The folder of the repository that a folder lies in, or else that folder itself. */
export async function checkoutOf(from: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    if ((await stat(join(folder, '.git')).catch(() => null)) !== null) return folder;
    if (dirname(folder) === folder) return from;
  }
}
