import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The user that runs the program; `null` on systems without numeric user ids. */
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
 * Why a configuration that was found, not named, is not trusted; `null` if it is. A configuration is code: another
 * user who owns it or can write it could run programs and redirect secrets. Files in the checkout are as trusted as
 * the checkout, which in containers often belongs to another user.
 * @param inside the folder of the repository, or else the working directory
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
  // The private group of a user has the number of the user.
  const isOwnGroup = gid === root || (gid === user.gid && user.gid === user.uid);
  const isWritable = (mode & writableByOthers) !== 0 || ((mode & writableByGroup) !== 0 && !isOwnGroup);
  return isWritable ? `other users can write ${what}` : null;
}

/**
 * The root folder of the repository that contains a folder, or else that folder. In a shared folder, such as /tmp, any
 * user can create a `.git`, which would make the files beside it part of a checkout. It counts only if it belongs to this
 * user or root, or to the owner of the folder that contains it or of the working directory, as in containers.
 */
export async function checkoutOf(from: string, user: User | null): Promise<string> {
  const owner = await ownerOf(from);
  for (let folder = from; ; folder = dirname(folder)) {
    const uid = await ownerOf(join(folder, '.git'));
    if (uid !== null && (user === null || [user.uid, root, owner, await ownerOf(folder)].includes(uid)))
      return folder;
    if (dirname(folder) === folder) return from;
  }
}

/** The owner of a file, or of the link that stands there; `null` if there is none. */
async function ownerOf(path: string): Promise<number | null> {
  return (await lstat(path).catch(() => null))?.uid ?? null;
}
