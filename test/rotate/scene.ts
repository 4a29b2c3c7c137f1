import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOnce, loadConfig, type RunOptions } from '../../src/check/session.js';
import type { RotateFlags } from '../../src/cli/commands/rotate/run.js';
import { rotate } from '../../src/cli/commands/rotate/run.js';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import type { Report } from '../../src/model.js';
import type { Memory } from '../../src/observe/memory.js';
import { anIo } from '../support/outputs.js';
import {
  type HeldKeys,
  type OverlapOptions,
  type OverlapService,
  overlapParticipant,
  startOverlapService,
} from '../support/overlap-service.js';
import { exitCodeOf, id, plainStyle, systemEnv, versionsIn, writeConfig } from '../support/secret-scene.js';

export { id };

/** The key in use before the rotation. */
export const firstKey = createHash('sha256').update('a key that nobody published').digest('hex');

/** How one `jwtcheck rotate` ended. */
export interface Rotated {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A secret, services that follow its aliases, and the command line. */
export interface Scene {
  readonly manager: SecretManager;
  readonly clock: { ahead: number };
  readonly folder: string;
  /** Complaints of the services about tokens that were presented; `null`: accepted. */
  readonly complaints: (string | null)[];
  /** The configuration; may be changed between commands. */
  readonly config: Record<string, unknown>;
  rotation: Record<string, unknown>;
  participants: Record<string, unknown>;
  /** Settings of the reference's source, such as its version. */
  source: Record<string, unknown>;
  /** The keys that a service has that follows the aliases. */
  followed(): HeldKeys;
  serve(options?: Partial<OverlapOptions>): Promise<OverlapService>;
  rotate(
    command: RotateFlags['command'],
    flags?: Partial<RotateFlags>,
    more?: { signal?: AbortSignal; env?: Record<string, string> },
  ): Promise<Rotated>;
  /** Writes the configuration. */
  configure(): Promise<void>;
  /** Runs one check, and fails if its report contains a key. */
  check(options?: RunOptions, memory?: Memory): Promise<Report>;
  /** The payload of a version. */
  key(version: number): string;
  aliases(): Record<string, number>;
  versions(): string[];
  close(): Promise<void>;
}

/** Starts a secret with one version under the alias `current`, an issuer and a verifier with two replicas each. */
export async function openScene(): Promise<Scene> {
  const clock = { ahead: 0 };
  const now = (): number => Date.now() + clock.ahead;
  const manager = await startSecretManager({ now: () => new Date(now()) });
  manager.store.add(id, firstKey);
  manager.store.alias(id, 'current', '1');
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-rotate-'));
  const services: OverlapService[] = [];
  const complaints: (string | null)[] = [];
  const payloadOf = (alias: string): string | null => {
    try {
      return manager.store.access(id, alias).payload.toString();
    } catch {
      return null;
    }
  };
  const followed = (): HeldKeys => ({
    sign: payloadOf('current') ?? '',
    accept: ['next', 'previous'].flatMap((alias) => payloadOf(alias) ?? []),
    version: 'current',
  });
  const scene: Scene = {
    manager,
    clock,
    folder,
    complaints,
    config: {},
    rotation: { drain: { access: '60s' }, skew: '0s', settle: '30ms' },
    participants: {},
    source: {},
    followed,
    async serve(options = {}) {
      const service = await startOverlapService({
        replicas: [followed, followed],
        onPresented: (complaint) => complaints.push(complaint),
        now,
        ...options,
      });
      services.push(service);
      return service;
    },
    async configure() {
      const { config, rotation, source, participants } = scene;
      await writeConfig(folder, manager, { config: { ...config, rotation }, source, participants });
    },
    async check(selection = {}, memory) {
      await scene.configure();
      const env = systemEnv();
      const loaded = await loadConfig({ cwd: folder, env });
      const report = await checkOnce(
        loaded,
        { ...selection, ...(memory === undefined ? {} : { memory }) },
        { env, now: () => new Date(now()), signal: new AbortController().signal, progress: () => {} },
      );
      for (const { number, payload } of manager.store.secret(id).versions.written)
        if (JSON.stringify(report).includes(payload.toString().slice(0, 16)))
          throw new Error(`the key of version ${number} is in the report`);
      return report;
    },
    async rotate(command, flags = {}, more = {}) {
      await scene.configure();
      const env = { ...systemEnv(), ...more.env };
      const io = {
        ...anIo(),
        env,
        inheritedEnv: env,
        cwd: folder,
        now: () => new Date(now()),
        signal: more.signal ?? new AbortController().signal,
      };
      const run = () =>
        rotate(
          {
            command,
            apply: false,
            waitMs: null,
            intervalMs: 20,
            trusts: [],
            isCutover: false,
            allowEmulator: false,
            format: 'pretty',
            style: plainStyle,
            ...flags,
          },
          io,
        );
      const code = await exitCodeOf(run, io.stderr);
      const ended = { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
      for (const { number, payload } of manager.store.secret(id).versions.written)
        if (
          payload.length >= 32 &&
          `${ended.stdout}${ended.stderr}`.includes(payload.toString().slice(0, 16))
        )
          throw new Error(`the key of version ${number} was printed`);
      return ended;
    },
    key: (version) => manager.store.access(id, String(version)).payload.toString(),
    aliases: () => Object.fromEntries(manager.store.secret(id).metadata.written.versionAliases),
    versions: () => versionsIn(manager),
    async close() {
      for (const service of services) await service.close();
      await manager.close();
      await rm(folder, { recursive: true });
    },
  };
  const auth = await scene.serve({ mints: true });
  const backend = await scene.serve();
  scene.participants = {
    auth: overlapParticipant(auth, { role: 'issuer', mint: { url: `${auth.origin}/mint`, samples: 2 } }),
    backend: overlapParticipant(backend),
  };
  return scene;
}
