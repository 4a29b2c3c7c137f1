import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { startServer, type TestServer, unusedPort } from '../support/http-server.js';
import { workspace } from '../support/workspace.js';
import { type Daemon, eventually, startDaemon } from './support/daemon.js';
import { program } from './support/requirements.js';
import { key, otherKey, type Scene, startScene } from './support/scene.js';

const deployed = resolve(import.meta.dirname, '../../deploy/alertmanager/alertmanager.yml');
const folderOf = workspace();
let hook: TestServer;
let alertmanager: Daemon;
let scene: Scene;

const message = z.object({
  receiver: z.string(),
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(z.object({ status: z.string(), labels: z.record(z.string(), z.string()) })),
});
/** What Alertmanager told its receivers, in order. */
const told: z.output<typeof message>[] = [];

beforeAll(async () => {
  const path = program('prometheus-alertmanager', 'prometheus-alertmanager');
  hook = await startServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    told.push(message.parse(JSON.parse(body)));
    response.writeHead(200).end();
  });
  // As it is deployed, but that the receivers are ours, and that nobody waits for a group to fill.
  const config = z
    .looseObject({ route: z.looseObject({}), receivers: z.array(z.looseObject({ name: z.string() })) })
    .parse(parse(await readFile(deployed, 'utf8')));
  const folder = await folderOf({
    'alertmanager.yml': {
      ...config,
      global: { resolve_timeout: '5s' },
      route: { ...config.route, group_wait: '200ms', group_interval: '500ms' },
      receivers: config.receivers.map(({ name }) => ({
        name,
        webhook_configs: [{ url: `${hook.origin}/${name}`, send_resolved: true }],
      })),
    },
  });
  const address = `127.0.0.1:${await unusedPort()}`;
  const args = [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ];
  const origin = `http://${address}`;
  alertmanager = await startDaemon(path, args, { origin, ready: '/-/ready' });
  const notify = [{ kind: 'alertmanager', url: origin, generatorUrl: 'http://127.0.0.1:9464/' }];
  scene = await startScene(await folderOf(), { notify });
});

afterAll(async () => {
  await scene?.close();
  await alertmanager?.stop();
  await hook?.close();
});

const alert = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  endsAt: z.iso.datetime().transform((text) => Date.parse(text)),
  generatorURL: z.string().optional(),
  receivers: z.array(z.object({ name: z.string() })),
  status: z.object({ state: z.string(), inhibitedBy: z.array(z.string()) }),
});
type Alert = z.output<typeof alert>;

const alerts = async (): Promise<Alert[]> => z.array(alert).parse(await alertmanager.get('/api/v2/alerts'));
const named = (all: readonly Alert[], name: string) => all.find(({ labels }) => labels.alertname === name);

/** What one receiver was told of one alert, in order. */
const toldOf = (receiver: string, name: string): string[] =>
  told
    .filter((one) => one.receiver === receiver)
    .flatMap((one) => one.alerts)
    .filter(({ labels }) => labels.alertname === name)
    .map(({ status }) => status);

/** Fires alerts beside the watch, as the rules do. */
async function fire(...labels: Record<string, string>[]): Promise<void> {
  const response = await fetch(`${alertmanager.origin}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(labels.map((one) => ({ labels: one }))),
  });
  expect(response.status).toBe(200);
}

describe('Alertmanager beside a running watch', () => {
  it('is told of a drift, with the labels that are documented', async () => {
    scene.auth.hold(otherKey);
    const all = await eventually('the alert', alerts, (list) => named(list, 'JwtSecretDrift') !== undefined);
    const drift = named(all, 'JwtSecretDrift');
    expect(drift).toMatchObject({ status: { state: expect.stringMatching(/active|unprocessed/) } });
    expect(drift?.labels).toEqual({
      alertname: 'JwtSecretDrift',
      environment: 'staging',
      severity: 'critical',
    });
    expect(drift?.annotations).toMatchObject({ level: 'CRITICAL', participants: 'auth_service' });
    expect(drift?.annotations.summary).toContain('auth_service');
    expect(drift?.generatorURL).toBe('http://127.0.0.1:9464/');
    expect(drift?.receivers).toEqual([{ name: 'on-call' }]);
    expect(all).toHaveLength(1);
    await eventually(
      'who is on call',
      async () => toldOf('on-call', 'JwtSecretDrift'),
      (all) => all.length > 0,
    );
  });

  it('holds back what the same drift makes the rules fire, and nothing else', async () => {
    await fire(
      { alertname: 'JwtcheckDriftCritical', environment: 'staging', severity: 'critical' },
      { alertname: 'JwtcheckDriftCritical', environment: 'production', severity: 'critical' },
      { alertname: 'JwtcheckStale', environment: 'staging', severity: 'warning' },
      { alertname: 'JwtcheckParticipantDown', environment: 'staging', participant: 'x', severity: 'warning' },
    );
    const states = async () =>
      Object.fromEntries(
        (await alerts()).map(({ labels, status }) => [
          `${labels.alertname} ${labels.environment}`,
          status.state,
        ]),
      );
    const isSettled = (all: Record<string, string>) =>
      Object.keys(all).length === 5 && !Object.values(all).includes('unprocessed');
    expect(await eventually('they are routed', states, isSettled)).toEqual({
      'JwtSecretDrift staging': 'active',
      'JwtcheckDriftCritical staging': 'suppressed',
      'JwtcheckDriftCritical production': 'active',
      'JwtcheckStale staging': 'active',
      'JwtcheckParticipantDown staging': 'suppressed',
    });
    await eventually(
      'the others are told',
      async () => [toldOf('on-call', 'JwtcheckDriftCritical'), toldOf('team', 'JwtcheckStale')],
      (lists) => lists.every((list) => list.length > 0),
    );
    expect(toldOf('team', 'JwtcheckParticipantDown')).toEqual([]);
  });

  it('is told again and again while it lasts, and tells nobody twice', async () => {
    const drift = async () => named(await alerts(), 'JwtSecretDrift');
    const before = (await drift())?.endsAt ?? 0;
    expect(before).toBeGreaterThan(Date.now());
    const renewed = await eventually(
      'it is renewed',
      drift,
      (now) => now !== undefined && now.endsAt > before,
    );
    expect(renewed?.status.state).toBe('active');
    const firing = toldOf('on-call', 'JwtSecretDrift').filter((status) => status === 'firing');
    expect(firing).toHaveLength(1);
  });

  it('is told that it is over', async () => {
    scene.auth.hold(key);
    const history = async () => toldOf('on-call', 'JwtSecretDrift');
    await eventually('the end', history, (all) => all.includes('resolved'));
    expect(await history()).toEqual(['firing', 'resolved']);
    expect(named(await alerts(), 'JwtSecretDrift')).toBeUndefined();
  });
});

describe('the routes', () => {
  const routed = (...labels: string[]): string => {
    const amtool = program('amtool', 'prometheus-alertmanager');
    const args = ['config', 'routes', 'test', `--config.file=${deployed}`, ...labels];
    return execFileSync(amtool, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  };

  it.each([
    ['JwtSecretDrift', 'emergency', 'on-call'],
    ['JwtSecretDrift', 'critical', 'on-call'],
    ['JwtSecretDrift', 'warning', 'team'],
    ['JwtParticipantUnreachable', 'warning', 'team'],
    ['JwtcheckBlind', 'warning', 'team'],
    ['JwtcheckDriftEmergency', 'critical', 'on-call'],
    ['JwtcheckDriftCritical', 'critical', 'on-call'],
    ['JwtcheckDrift', 'warning', 'team'],
    ['JwtcheckAbsent', 'warning', 'team'],
  ])('%s of severity %s is for %s', (alertname, severity, receiver) => {
    expect(routed(`alertname=${alertname}`, 'environment=staging', `severity=${severity}`)).toBe(receiver);
  });
});
