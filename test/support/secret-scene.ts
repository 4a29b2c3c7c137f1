import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretManager } from '../../src/demo/secret-manager.js';
import { JwtcheckError } from '../../src/errors.js';
import type { Output } from '../../src/system/io.js';

/** The secret of tests that run a command against an embedded Secret Manager. */
export const id = { project: 'example-staging', secret: 'jwt-secret' };

/** Pretty text without colour. */
export const plainStyle = { color: false, columns: 100, verbose: false, quiet: false };

/** The variables that every program needs. */
export function systemEnv(): { PATH: string; HOME: string } {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

/** Writes the configuration of an environment whose reference is the secret. */
export async function writeConfig(
  folder: string,
  manager: SecretManager,
  parts: { config: object; source: object; participants: object },
): Promise<void> {
  const store = {
    source: { kind: 'google-secret-manager', ...id, endpoint: manager.url, ...parts.source },
  };
  const staging = { reference: 'store', participants: { store, ...parts.participants } };
  const config = { timeout: '10s', ...parts.config, environments: { staging } };
  await writeFile(join(folder, '.jwtcheckrc.json'), JSON.stringify(config));
}

/** The exit code of a command, as the program returns it. */
export async function exitCodeOf(command: () => Promise<number>, stderr: Output): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof JwtcheckError)) throw error;
    await stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
    return error.code === 'ERR_INTERRUPTED' ? 130 : 2;
  }
}

/** The versions that were written, with their states. */
export const versionsIn = (manager: SecretManager): string[] =>
  manager.store.secret(id).versions.written.map(({ number, state }) => `${number} ${state}`);
