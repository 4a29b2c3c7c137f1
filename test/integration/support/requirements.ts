import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Where a program is.
 * @throws Error that says what to install, where this machine does not have it
 */
export function program(name: string, debianPackage: string, path = process.env.PATH ?? ''): string {
  const places = [...path.split(delimiter), '/usr/bin', '/usr/sbin'].map((folder) => join(folder, name));
  const found = places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found !== undefined) return found;
  throw new Error(
    `${name} is not on this machine. Install it: apt-get install --no-install-recommends ${debianPackage}`,
  );
}
