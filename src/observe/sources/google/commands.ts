import type { StoreCommands } from '../../../model.js';
import { shellWord } from '../../../schema/shell-quote.js';

/** A secret, as the configuration names it. */
interface StoredSecret {
  readonly project: string;
  readonly secret: string;
  readonly location?: string | undefined;
}

/**
 * The commands of gcloud for a secret; `null` where one of its names cannot be pasted into a shell.
 * @param read the number of the version that was read; `null` where none was
 */
export function commandsOf(
  stored: StoredSecret,
  label: (text: string) => string,
  read: string | null,
): StoreCommands | null {
  const project = shellWord(label(stored.project));
  const secret = shellWord(label(stored.secret));
  const location = stored.location === undefined ? undefined : shellWord(label(stored.location));
  if (project === null || secret === null || location === null) return null;
  const version = /^\d+$/.test(read ?? '') ? read : 'latest';
  const place = `--project=${project}${location === undefined ? '' : ` --location=${location}`}`;
  const access = `gcloud secrets versions access ${version} --secret=${secret} ${place}`;
  return {
    read: access,
    readToFile: `${access} --out-file=`,
    write: `gcloud secrets versions add ${secret} ${place} --data-file=-`,
    // Cloud Run reads no regional secrets.
    cloudRunFlags:
      location === undefined ? `--update-secrets=JWT_SECRET=${secret}:${version} ${place}` : null,
  };
}
