import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf, participant, type Service, startService, variable } from '../../support/service.js';
import { startWatch, type Watching } from '../../support/watched.js';

export const key = 'a sound key of more than thirty-two bytes';
export const otherKey = 'another key, just as long as the first one';

/** Two services in order, an issuer and another, and a `jwtcheck watch` that looks after them. */
export interface Scene {
  readonly auth: Service;
  readonly backend: Service;
  readonly watching: Watching;
  /** Where the page and the metrics of the watch are. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startScene(folder: string, settings: object): Promise<Scene> {
  const [auth, backend] = await Promise.all([startService(key), startService(key)]);
  const watch = {
    interval: '300ms',
    jitter: '0s',
    listen: '127.0.0.1:0',
    failureThreshold: 1,
    successThreshold: 1,
    ...settings,
  };
  const config = configOf(
    {
      auth_service: { role: 'issuer', impact: { mrr: 50_000 }, ...participant(auth) },
      backend_service: participant(backend),
    },
    { watch, currency: 'USD' },
  );
  await writeFile(join(folder, '.jwtcheckrc.json'), JSON.stringify(config));
  const watching = startWatch([], { cwd: folder, env: { [variable]: key } });
  const close = async (): Promise<void> => {
    await watching.end('SIGKILL');
    await Promise.all([auth.close(), backend.close()]);
  };
  try {
    return { auth, backend, watching, url: await watching.url(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
