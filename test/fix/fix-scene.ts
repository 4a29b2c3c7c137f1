import { hash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FixFlags, fix } from '../../src/cli/commands/fix/run.js';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import type { Io } from '../../src/system/io.js';
import { expectNoLeak } from '../support/leaks.js';
import { anIo } from '../support/outputs.js';
import { type OverlapService, startOverlapService } from '../support/overlap-service.js';
import { exitCodeOf, id, plainStyle, systemEnv, versionsIn, writeConfig } from '../support/secret-scene.js';

export { id };

/** More than 512 bytes, of which fewer changes are tried. */
const longKey = (of: string): string =>
  Array.from({ length: 5 }, (_, index) => hash('sha512', `${of} ${index}`))
    .join('')
    .slice(0, 520);

/** Secrets that no output may contain. */
export const oldKey = longKey('old');
export const newKey = longKey('new');

/** A service with replicas that read their key when they start. */
export interface RestartedService {
  readonly service: OverlapService;
  /** The keys of its replicas. */
  readonly keys: string[];
  /** The number of restarts. */
  restarts: number;
  /** Called at a restart; by default, every replica reads the newest version. */
  onRestart: () => void;
  /** Where the program that restarts it calls, and for which service. */
  readonly port: string;
  readonly number: string;
  /** The program that restarts it. */
  readonly rollout: { readonly run: readonly string[]; readonly timeout: string };
}

interface Fixed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: Record<string, unknown>;
}

export interface FixScene {
  readonly manager: SecretManager;
  readonly folder: string;
  participants: Record<string, unknown>;
  config: Record<string, unknown>;
  reference: Record<string, unknown>;
  /** The newest version of the secret. */
  newest(): string;
  /** Starts a service whose replicas hold these keys. */
  serve(...keys: string[]): Promise<RestartedService>;
  /** Writes the configuration. */
  write(): Promise<void>;
  /** Runs the command; the output is checked for secrets. */
  fix(flags?: Partial<FixFlags>, io?: Partial<Io>): Promise<Fixed>;
  /** The hash of the plan. */
  hash(): Promise<string>;
  file(name: string): Promise<string>;
  versions(): string[];
  close(): Promise<void>;
}

/** A program that restarts a service: `bash`, which starts much faster than Node. @param after what else it does */
export const restarting = (port: string, service: string, after = ''): string[] => [
  'bash',
  '--norc',
  '-c',
  `exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'POST /%s HTTP/1.0\\r\\n\\r\\n' "$2" >&3 && read -r line <&3 && [[ $line == *' 204 '* ]]; ${after}`,
  'bash',
  port,
  service,
];

/** Starts a secret whose version 1 is `oldKey` and version 2 is `newKey`. */
export async function openFixScene(): Promise<FixScene> {
  const manager = await startSecretManager();
  manager.store.add(id, oldKey);
  manager.store.add(id, newKey);
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-fix-'));
  const started: RestartedService[] = [];
  const control = createServer((request, response) => {
    const found = started[Number(request.url?.slice(1))];
    if (found !== undefined) {
      found.restarts += 1;
      found.onRestart();
    }
    response.writeHead(found === undefined ? 404 : 204).end();
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const address = control.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const scene: FixScene = {
    manager,
    folder,
    participants: {},
    config: {},
    reference: {},
    newest: () => manager.store.access(id, 'latest').payload.toString(),
    async serve(...keys) {
      const service = await startOverlapService({
        replicas: keys.map((_, index) => () => ({ sign: keys[index] ?? '' })),
        lists: false,
      });
      const one: RestartedService = {
        service,
        keys,
        restarts: 0,
        onRestart: () => keys.fill(scene.newest()),
        port: String(address.port),
        number: String(started.length),
        rollout: { run: restarting(String(address.port), String(started.length)), timeout: '20s' },
      };
      started.push(one);
      return one;
    },
    async write() {
      const { reference, participants } = scene;
      const config = { controls: ['forged'], followUp: { enabled: false }, ...scene.config };
      await writeConfig(folder, manager, { config, source: reference, participants });
    },
    async fix(flags = {}, more = {}) {
      await scene.write();
      const env = systemEnv();
      const recorded = anIo();
      const io = {
        ...recorded,
        env,
        inheritedEnv: { ...env, ...more.env },
        cwd: folder,
        now: () => new Date(),
        ...more,
        ...(more.env === undefined ? {} : { env: { ...env, ...more.env } }),
      };
      const run = () =>
        fix(
          {
            apply: null,
            allowEmulator: false,
            yes: false,
            allow: [],
            waitMs: 1,
            intervalMs: 20,
            format: 'pretty',
            style: plainStyle,
            ...flags,
          },
          io,
        );
      const code = await exitCodeOf(run, io.stderr);
      const written = { stdout: recorded.stdout.text(), stderr: recorded.stderr.text() };
      const payloads = manager.store.secret(id).versions.written.map(({ payload }) => payload.toString());
      expectNoLeak(written, payloads, payloads);
      const json: Record<string, unknown> = flags.format === 'json' ? JSON.parse(written.stdout) : {};
      return { code, ...written, json };
    },
    async hash() {
      const { hash } = (await scene.fix({ format: 'json' })).json;
      if (typeof hash !== 'string') throw new Error('there is no plan');
      return hash;
    },
    file: (name) => readFile(join(folder, name), 'utf8'),
    versions: () => versionsIn(manager),
    async close() {
      for (const { service } of started) await service.close();
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
      await manager.close();
      await rm(folder, { recursive: true });
    },
  };
  return scene;
}

/** The configuration of a service, with its rollout. */
export const restarted = ({ service, keys, rollout }: RestartedService, more: object = {}) => ({
  source: { kind: 'http', url: `${service.origin}/fingerprint`, samples: 2 * keys.length },
  rollout,
  ...more,
});
