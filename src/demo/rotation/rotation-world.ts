import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { execPath } from 'node:process';
import type { Config } from '../../config/schema.js';
import { secretId } from '../configuration.js';
import { jsonServer, type Listening, listen } from '../json-server.js';
import { type SecretManager, startSecretManager } from '../secret-manager.js';
import { aliasLoader, type RotatingService, startRotatingService } from './rotating-service.js';
import { type RotationPace, rotationConfig } from './rotation-configuration.js';

/** A system on loopback whose key is rotated. */
export interface RotationWorld {
  readonly config: Config;
  /** Variables that the configuration needs. */
  readonly env: Readonly<Record<string, string>>;
  /** URLs of the services by their names. */
  readonly services: Readonly<Record<string, string>>;
  /** Names of those that issue tokens. */
  readonly issuers: readonly string[];
  readonly mintToken: string;
  readonly secretManager: SecretManager;
  /** Ends every server, at once. */
  close(): Promise<void>;
}

const names = { issuers: ['auth_service', 'login_service'], verifiers: ['backend_service'] } as const;

const random = (): string => randomBytes(32).toString('base64url');

/**
 * Starts the embedded Secret Manager, two issuers and a verifier, with two replicas each.
 * @param isCutover each service reads a single key when it starts, instead of following the aliases
 */
export async function startRotationWorld(
  pace: RotationPace,
  options: { readonly isCutover: boolean; readonly now: () => Date },
): Promise<RotationWorld> {
  const { isCutover, now } = options;
  const open: { close(): Promise<void> }[] = [];
  const opened = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const close = async (): Promise<void> => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  };
  try {
    const secretManager = opened(await startSecretManager({ now }));
    secretManager.store.add(secretId, random());
    secretManager.store.alias(secretId, 'current', '1');
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    open.push({ close: async () => agent.destroy() });
    const byAliases = aliasLoader(secretManager.url, agent);
    const single = async (signal: AbortSignal) => {
      const { sign, version } = await byAliases(signal);
      return { sign, version };
    };
    const credentials = { fingerprintToken: random(), mintToken: random() };
    const started: Record<string, RotatingService> = {};
    for (const name of [...names.issuers, ...names.verifiers]) {
      started[name] = opened(
        await startRotatingService({
          name,
          isIssuer: names.issuers.some((issuer) => issuer === name),
          keys: isCutover ? { load: single, drain: '0s' } : { load: byAliases, refresh: pace.refresh },
          readsOnce: isCutover,
          credentials,
          tokenLife: pace.tokenLife,
          startMs: pace.startMs,
          now,
        }),
      );
    }
    const control = isCutover ? opened(await startRolloutControl(started)) : null;
    const services = Object.fromEntries(Object.entries(started).map(([name, { url }]) => [name, url]));
    return {
      config: rotationConfig(
        { secretManager: secretManager.url, services },
        names.issuers,
        pace,
        control?.programs ?? {},
      ),
      env: { FINGERPRINT_TOKEN: credentials.fingerprintToken, MINT_TOKEN: credentials.mintToken },
      services,
      issuers: names.issuers,
      mintToken: credentials.mintToken,
      secretManager,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Sends a request that restarts a service, and ends with 0 once it has restarted. */
const rolloutScript = `
require('node:http').request(process.argv[1], { method: 'POST' }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
}).end();`;

/** The programs that restart services, by their names. No web page can guess the addresses that they request. */
async function startRolloutControl(
  services: Readonly<Record<string, RotatingService>>,
): Promise<Listening & { readonly programs: Readonly<Record<string, readonly string[]>> }> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const listening = await listen(
    jsonServer(
      Object.fromEntries(
        Object.entries(services).map(([name, service]) => [
          `POST ${path}/${name}`,
          async () => {
            await service.rollOut();
            return { status: 200, body: { [name]: 'restarted' } };
          },
        ]),
      ),
    ),
  );
  const programs = Object.fromEntries(
    Object.keys(services).map((name) => [
      name,
      [execPath, '-e', rolloutScript, `${listening.url}${path}/${name}`],
    ]),
  );
  return { ...listening, programs };
}
