import { randomBytes } from 'node:crypto';
import type { Config } from '../config/schema.js';
import { emulatorVariable } from '../observe/sources/google/endpoint.js';
import { Secret } from '../secret/secret.js';
import { demoConfig, secretId, testVariables } from './configuration.js';
import { jsonServer, type Listening, listen } from './json-server.js';
import { loadBalancer } from './load-balancer.js';
import { type Scenario, type ScenarioName, scenarios } from './scenarios.js';
import { type SecretManager, startSecretManager } from './secret-manager.js';
import { authService, startBackendService } from './services.js';
import { backendWith, type Checks, currentOf, type Stage, soundStage } from './stage.js';
import { anyOf, decodingVerifier, strictVerifier, type Verifier } from './verifier.js';

/** A complete system on loopback, and the configuration and variables to check it. */
export interface Demo {
  /** As it stands in a configuration file: templates unexpanded, loopback URLs. */
  readonly config: Config;
  /** Variables that the configuration needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that must be unset. */
  readonly unset: readonly string[];
  /** Names of the running servers, with their URLs. */
  readonly running: Readonly<Record<string, string>>;
  /** All that must never appear in any output. */
  readonly secrets: readonly Secret[];
  readonly secretManager: SecretManager;
  /** Restarts the services in the state of another scenario, at the same addresses. Everything else is unchanged. */
  restartAs(scenario: ScenarioName): Promise<void>;
  /** Restarts the backend with a newline after the latest version of the secret. */
  breakBackend(): Promise<void>;
  /** Restarts the backend with the latest version of the secret. */
  repairBackend(): Promise<void>;
  /** Ends every server, at once. */
  close(): Promise<void>;
}

/** Starts the embedded Secret Manager and the services of a scenario. All secrets are random, except where it is about a literal. */
export async function startDemo(scenario: ScenarioName, options: { now?: () => Date } = {}): Promise<Demo> {
  const { now = () => new Date() } = options;
  const sound = soundStage();
  const stageOf = (name: ScenarioName): Stage => {
    const chosen: Scenario = scenarios[name];
    return { ...sound, ...chosen.arrange(sound) };
  };
  const stage = stageOf(scenario);
  const open: Listening[] = [];
  const opened = <T extends Listening>(listening: T): T => {
    open.push(listening);
    return listening;
  };
  // Restarts run one after the other: two at once would need the same port.
  let lastRestart: Promise<void> = Promise.resolve();
  const inTurn = (restart: () => Promise<void>): Promise<void> => {
    const restarted = lastRestart.then(restart);
    lastRestart = restarted.catch(() => {});
    return restarted;
  };
  const close = async (): Promise<void> => {
    await lastRestart;
    await Promise.all(open.splice(0).map((one) => one.close()));
  };

  try {
    const secretManager = opened(await startSecretManager({ now }));
    for (const version of stage.versions) secretManager.store.add(secretId, version);
    for (const permission of stage.denied) secretManager.store.deny(permission);
    const auth = opened(await startAuth(stage, now));
    const backend = opened(await startBackend(stage, now));
    if (!stage.backend.up) await backend.close();
    const services = { auth, backend };
    const restartBackend = async (next: Stage): Promise<void> => {
      await services.backend.close();
      services.backend = opened(await startBackend(next, now, backend.port));
    };
    const restartBackendWith = (key: string): Promise<void> =>
      inTurn(() => restartBackend({ ...stage, backend: backendWith(key) }));
    const restartAs = (name: ScenarioName): Promise<void> =>
      inTurn(async () => {
        const next = stageOf(name);
        await services.auth.close();
        services.auth = opened(await startAuth(next, now, auth.port));
        await restartBackend(next);
      });
    const addresses = { secretManager: secretManager.url, auth: auth.url, backend: backend.url };
    return {
      config: demoConfig(addresses, stage.samples),
      running: {
        'Secret Manager': addresses.secretManager,
        auth_service: addresses.auth,
        ...(stage.backend.up ? { backend_service: addresses.backend } : {}),
      },
      ...environmentOf(stage),
      secrets: secretsOf(stage),
      secretManager,
      restartAs,
      breakBackend: () => restartBackendWith(`${currentOf(stage)}\n`),
      repairBackend: () => restartBackendWith(currentOf(stage)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function startAuth({ authKeys, credentials }: Stage, now: () => Date, port?: number): Promise<Listening> {
  const replicas = authKeys.map((key, index) =>
    authService({ key, instance: `auth-${index + 1}`, credentials, now }),
  );
  const [only] = replicas;
  return listen(only !== undefined && replicas.length === 1 ? only : loadBalancer(() => replicas), port);
}

function startBackend({ backend, credentials }: Stage, now: () => Date, port?: number): Promise<Listening> {
  return startBackendService({
    shownKey: backend.shownKey,
    alsoKeys: keysOf(backend.http).slice(1),
    http: verifierOf(backend.http),
    websocket: verifierOf(backend.websocket),
    fingerprintToken: credentials.fingerprintToken,
    now,
    port,
  });
}

function verifierOf(checks: Checks): Verifier {
  if (checks.by === 'decoding') return decodingVerifier();
  return anyOf(keysOf(checks).map((key) => strictVerifier(key, checks.issuer)));
}

function keysOf(checks: Checks): string[] {
  if (checks.by === 'decoding') return [];
  return checks.alsoKey === undefined ? [checks.key] : [checks.key, checks.alsoKey];
}

function environmentOf({ testSecret, credentials, sentServiceSecret }: Stage): Pick<Demo, 'env' | 'unset'> {
  const [first, ...others] = testVariables;
  // The user's own settings must not redirect the check.
  const unset = [emulatorVariable, ...others];
  const env = {
    FINGERPRINT_TOKEN: credentials.fingerprintToken,
    SERVICE_SECRET: sentServiceSecret,
    MINT_TOKEN: credentials.mintToken,
  };
  return testSecret === null
    ? { env, unset: [...unset, first] }
    : { env: { ...env, [first]: testSecret }, unset };
}

function secretsOf({ versions, authKeys, backend, testSecret, credentials, ...stage }: Stage): Secret[] {
  const { serviceSecret, fingerprintToken, mintToken } = credentials;
  const checks = [backend.http, backend.websocket].flatMap(keysOf);
  const values = new Set([
    ...versions,
    ...authKeys,
    backend.shownKey,
    ...checks,
    ...(testSecret === null ? [] : [testSecret]),
    serviceSecret,
    stage.sentServiceSecret,
    fingerprintToken,
    mintToken,
  ]);
  return [...values].map((value) => new Secret(value));
}

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
