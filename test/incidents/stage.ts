import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import type { Report } from '../../src/model.js';
import type { Run } from '../support/cli.js';
import { runHere } from '../support/here.js';
import type { Key } from '../support/jwt-verifier.js';
import {
  audience,
  issuer,
  startVerifyingService,
  type VerifyingService,
} from '../support/verifying-service.js';
import { type ServiceOfWorld, secretId, type World } from './incident.js';

/** What came of a check. */
export interface Outcome {
  readonly report: Report;
  readonly run: Run;
}

/** Builds the world on real servers, runs the real command in it, and takes it down again. */
export async function checkIn(world: World): Promise<Outcome> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const secretManager = await startSecretManager();
    closing.push(() => secretManager.close());
    for (const version of world.versions ?? []) secretManager.store.add(secretId, version);
    for (const [name, held] of Object.entries(world.elsewhere ?? {}))
      secretManager.store.add(elsewhere(name), held);
    world.store?.(secretManager.store, secretId);

    const services = new Map<string, VerifyingService>();
    for (const [name, { keys, ...options }] of Object.entries(world.services ?? {})) {
      const service = await startVerifyingService({ ...options, keys: [keys].flat() });
      services.set(name, service);
      if (options.gone) await service.close();
      else closing.push(() => service.close());
    }

    const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-incident-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const files = { '.jwtcheckrc.json': JSON.stringify(configOf(world, services)), ...world.files };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);

    const check = async (): Promise<Outcome> => {
      const run = await runHere(['-f', 'json', '-v', ...(world.args ?? [])], {
        cwd: folder,
        env: {
          SECRET_MANAGER_EMULATOR_HOST: `127.0.0.1:${secretManager.port}`,
          ...(world.held === undefined ? {} : { [variable]: world.held }),
          ...world.env,
        },
      });
      if (run.stdout === '') throw new Error(`no report, exit code ${run.code}:\n${run.stderr}`);
      const report: Report = JSON.parse(run.stdout);
      return { report, run };
    };
    if (world.later === undefined) return await check();
    const { report } = await check();
    if (report.verdict !== 'consistent') throw new Error(`not in order at first: ${report.verdict}`);
    for (const [name, key] of Object.entries(world.later)) services.get(name)?.hold(key);
    return await check();
  } finally {
    await Promise.all(closing.map((close) => close()));
  }
}

/** Every secret of a world, as text. */
export function secretsOf(world: World): string[] {
  const held: Key[] = [
    world.held ?? '',
    ...(world.versions ?? []),
    ...Object.values(world.services ?? {}).flatMap((service) => [
      ...[service.keys].flat(),
      ...(service.accepts ?? []),
      ...(service.http?.keys ?? []),
      ...(service.websocket?.keys ?? []),
      ...(service.serviceSecret === undefined ? [] : [service.serviceSecret]),
    ]),
    ...Object.values(world.env ?? {}),
    ...Object.values(world.files ?? {}),
    ...Object.values(world.elsewhere ?? {}),
    ...Object.values(world.later ?? {}),
  ];
  const spoken = new Set(world.spoken ?? []);
  return held.map((key) => key.toString()).filter((text) => text.trim().length >= 12 && !spoken.has(text));
}

const elsewhere = (name: string) => ({ project: `example-${name}`, secret: `jwt-secret-${name}` });

const google = { kind: 'google-secret-manager' } as const;

/** Variable of a reference that is not in Secret Manager. */
const variable = 'HELD_BY_THE_REFERENCE';

const referenceOf = ({ versions, reference }: World) =>
  versions === undefined ? { kind: 'env', names: [variable] } : { ...google, ...secretId, ...reference };

function configOf(world: World, services: ReadonlyMap<string, VerifyingService>): unknown {
  const participants = Object.entries(world.services ?? {}).map(([name, service]) => [
    name,
    participant(service, services.get(name)?.host ?? ''),
  ]);
  const others = Object.keys(world.elsewhere ?? {}).map((name) => [
    name,
    {
      reference: 'store',
      participants: { store: { source: { ...google, ...elsewhere(name) } } },
    },
  ]);
  return {
    defaultEnvironment: 'staging',
    token: { issuer, audience },
    timeout: '15s',
    ...world.config,
    environments: {
      staging: {
        ...(world.hasReference === false ? {} : { reference: 'store' }),
        participants: {
          store: { source: referenceOf(world) },
          ...Object.fromEntries(participants),
          ...world.participants,
        },
      },
      ...Object.fromEntries(others),
    },
  };
}

function participant(service: ServiceOfWorld, host: string) {
  const { role, samples, hasFingerprint = true, probe = {}, websocket, websocketProbe, mints } = service;
  const fresh = samples === undefined ? {} : { samples };
  return {
    ...(role === undefined ? {} : { role }),
    ...(hasFingerprint
      ? { source: { kind: 'http', url: `http://${host}/fingerprint`, ...fresh, ...service.source } }
      : {}),
    ...(mints ? { mint: { url: `http://${host}/mint` } } : {}),
    probes: [
      ...(probe === null ? [] : [{ kind: 'http', name: 'me', url: `http://${host}/me`, ...fresh, ...probe }]),
      ...(websocket === undefined && websocketProbe === undefined
        ? []
        : [
            {
              kind: 'websocket',
              name: 'socket',
              url: `ws://${host}/ws`,
              ...fresh,
              ...websocketProbe,
            },
          ]),
    ],
  };
}
