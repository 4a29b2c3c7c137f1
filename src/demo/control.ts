import { randomBytes } from 'node:crypto';
import { jsonServer } from './json-server.js';
import { type Listening, listen } from './listen.js';
import type { Demo } from './world.js';

/** The addresses that break and repair the backend of a demo. */
export interface Control extends Listening {
  readonly breakUrl: string;
  readonly repairUrl: string;
}

/** Lets clients that know the addresses break and repair the backend. No web page can guess the addresses. */
export async function startControl(world: Pick<Demo, 'breakBackend' | 'repairBackend'>): Promise<Control> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const server = jsonServer({
    [`POST ${path}/break`]: async () => {
      await world.breakBackend();
      return { status: 200, body: { backend_service: 'restarted with a newline after its secret' } };
    },
    [`POST ${path}/repair`]: async () => {
      await world.repairBackend();
      return { status: 200, body: { backend_service: 'restarted with the latest version of the secret' } };
    },
  });
  const listening = await listen(server);
  const base = `${listening.url}${path}`;
  return { ...listening, breakUrl: `${base}/break`, repairUrl: `${base}/repair` };
}
