import type { StoreCommands } from '../../../model.js';
import { shellWord } from '../../../schema/shell-quote.js';
import type { StoredNames } from '../source.js';

/** A secret, as the configuration names it. */
export interface StoredSecret {
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
  const words = wordsOf(stored, label);
  if (words === null) return null;
  const { secret, place, isRegional } = words;
  const version = /^\d+$/.test(read ?? '') ? read : 'latest';
  const access = `gcloud secrets versions access ${version} --secret=${secret} ${place}`;
  return {
    read: access,
    readToFile: `${access} --out-file=`,
    write: `gcloud secrets versions add ${secret} ${place} --data-file=-`,
    // Cloud Run reads no regional secrets.
    cloudRunFlags: isRegional ? null : `--update-secrets=JWT_SECRET=${secret}:${version} ${place}`,
  };
}

/** The command of gcloud that changes the state of a version; `null` where a name cannot be pasted into a shell. */
export function versionCommand(
  verb: 'enable' | 'disable' | 'destroy',
  version: number,
  stored: StoredSecret,
  label: (text: string) => string,
): string | null {
  const words = wordsOf(stored, label);
  return words === null
    ? null
    : `gcloud secrets versions ${verb} ${version} --secret=${words.secret} ${words.place}`;
}

/** The command of gcloud that adds the secret of an older version again, as the newest version. */
export function readdCommand(
  version: number,
  stored: StoredSecret,
  label: (text: string) => string,
): string | null {
  const commands = commandsOf(stored, label, String(version));
  return commands === null ? null : `${commands.read} | ${commands.write}`;
}

/** The names of a secret as words of a shell. */
function wordsOf(
  stored: StoredSecret,
  label: (text: string) => string,
): { readonly secret: string; readonly place: string; readonly isRegional: boolean } | null {
  const project = shellWord(label(stored.project));
  const secret = shellWord(label(stored.secret));
  const location = stored.location === undefined ? undefined : shellWord(label(stored.location));
  if (project === null || secret === null || location === null) return null;
  const isRegional = location !== undefined;
  return { secret, place: `--project=${project}${isRegional ? ` --location=${location}` : ''}`, isRegional };
}

/** Names of a secret that a service may use instead of its value. */
export const storedNames = (stored: StoredSecret): StoredNames => ({
  name: stored.secret,
  resources: (version) => resourceNames(stored, version),
  references: (version) => references(stored, version),
});

/** The resource name, and its short forms. */
function resourceNames({ project, secret, location }: StoredSecret, version: string | null): string[] {
  const place = location === undefined ? '' : `/locations/${location}`;
  const versions = ['latest', ...(version === null ? [] : [version])];
  return [
    secret,
    `projects/${project}${place}/secrets/${secret}`,
    `${project}/${secret}`,
    ...versions.flatMap((v) => [`${secret}:${v}`, `${secret}/${v}`, `${secret}/versions/${v}`]),
  ];
}

/** Placeholder syntax of secret loaders: Spring Cloud GCP, Cloud Functions, berglas and others. */
function references({ project, secret, location }: StoredSecret, version: string | null): string[] {
  const place = location === undefined ? '' : `/locations/${location}`;
  const resource = `projects/${project}${place}/secrets/${secret}`;
  const versions = ['latest', ...(version === null ? [] : [version])];
  const names = [
    secret,
    `${project}/${secret}`,
    resource,
    ...versions.flatMap((v) => [
      `${secret}/${v}`,
      `${project}/${secret}/${v}`,
      `${resource}/versions/${v}`,
      `${secret}:${v}`,
    ]),
  ];
  const schemes = ['sm://', 'sm@', 'gcp-secret:', 'gcp-secret://', 'secretmanager://', 'gcpsm://', 'gsm://'];
  return [
    ...versions.map((v) => `${resource}/versions/${v}`),
    ...names.flatMap((name) => schemes.map((scheme) => scheme + name)),
    ...names.flatMap((name) => [`\${sm://${name}}`, `\${sm@${name}}`]),
  ];
}
