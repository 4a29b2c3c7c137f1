import { join } from 'node:path';
import type { Io } from '../../system/io.js';
import type { Hint } from './hint.js';
import { isProject } from './plain-names.js';
import { readText } from './walk.js';

/** Variables that set a project, for gcloud and for Google's libraries. */
const variables = ['CLOUDSDK_CORE_PROJECT', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'] as const;

/**
 * Finds the project that gcloud uses: from variables, then from the files of its active configuration
 * (https://cloud.google.com/sdk/docs/configurations). Runs nothing, and reads only the project.
 */
export async function gcloudHints(env: Io['env']): Promise<Hint[]> {
  const named = variables.flatMap((name) => clue(env[name] ?? '', name));
  const folder = folderOf(env);
  if (folder === null) return named;
  const active =
    env.CLOUDSDK_ACTIVE_CONFIG_NAME || ((await readText(join(folder, 'active_config'))) ?? '').trim();
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(active)) return named;
  const text = await readText(join(folder, 'configurations', `config_${active}`));
  return [...named, ...clue(projectIn(text ?? ''), `gcloud's configuration ${active}`)];
}

function folderOf(env: Io['env']): string | null {
  if (env.CLOUDSDK_CONFIG) return env.CLOUDSDK_CONFIG;
  if (env.APPDATA) return join(env.APPDATA, 'gcloud');
  return env.HOME ? join(env.HOME, '.config/gcloud') : null;
}

const clue = (project: string, from: string): Hint[] =>
  isProject(project) ? [{ is: 'project', project, from }] : [];

/** The key `project` of the section `core` of an INI file. */
function projectIn(text: string): string {
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[(\w+)\]\s*$/.exec(line)?.[1] ?? section;
    const project = section === 'core' ? /^\s*project\s*=\s*(\S+)\s*$/.exec(line)?.[1] : undefined;
    if (project !== undefined) return project;
  }
  return '';
}
