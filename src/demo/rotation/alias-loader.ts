import { type Agent, request } from 'node:http';
import { type AliasedKey, byAlias } from '../../endpoint/index.js';
import { resolve } from '../../schema/json-pointer.js';
import { parseJson } from '../../schema/read-json.js';
import { secretId } from '../configuration.js';

/** Reads a version of the demo's secret by its alias, as a service does that follows aliases. */
export function aliasReader(
  url: string,
  agent: Agent,
): (alias: string, signal: AbortSignal) => Promise<AliasedKey> {
  const { project, secret } = secretId;
  const versions = `${url}/v1/projects/${project}/secrets/${secret}/versions`;
  return async (alias, signal) => {
    const { status, body } = await get(`${versions}/${alias}:access`, agent, signal);
    if (status === 404) return null;
    const key = Buffer.from(textAt(body, '/payload/data'), 'base64');
    return { key, version: textAt(body, '/name').split('/').at(-1) };
  };
}

/** The loader of a service in overlap mode: it signs with `current`, and accepts `next` and `previous`, too. */
export const aliasLoader = (url: string, agent: Agent) => byAlias(aliasReader(url, agent));

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** @throws an error for every answer except 200 and 404 */
function get(url: string, agent: Agent, signal: AbortSignal): Promise<Answer> {
  return new Promise((settle, reject) => {
    const sent = request(url, { agent, signal }, async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const status = response.statusCode ?? 0;
        if (status !== 200 && status !== 404) throw new Error(`Secret Manager answered ${status}`);
        settle({ status, body: parseJson(Buffer.concat(chunks).toString('utf8')) });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject).end();
  });
}

function textAt(body: unknown, pointer: string): string {
  const found = resolve(body, pointer);
  return found.found && typeof found.value === 'string' ? found.value : '';
}
