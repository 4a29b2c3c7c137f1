import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startServer, type TestServer, unusedPort } from '../support/http-server.js';
import { fingerprint } from '../support/service.js';
import { workspace } from '../support/workspace.js';
import { type Daemon, eventually, startDaemon } from './support/daemon.js';
import { program } from './support/requirements.js';
import { key, otherKey, type Scene, startScene } from './support/scene.js';

const folderOf = workspace();
let scene: Scene;
let refusing: TestServer;
let prometheus: Daemon;

beforeAll(async () => {
  const path = program('prometheus', 'prometheus');
  // Refuses whatever it is told, for good.
  refusing = await startServer((_request, response) => void response.writeHead(400).end());
  const notify = [{ kind: 'webhook', url: `${refusing.origin}/hook` }];
  scene = await startScene(await folderOf(), { notify });
  const rules = await readFile(resolve(import.meta.dirname, '../../deploy/prometheus/rules.yml'), 'utf8');
  const folder = await folderOf({
    // As they are deployed, but that nobody waits for a rollout here.
    'rules.yml': rules.replace(/^( +for:) .*$/gm, '$1 1s').replaceAll('[2m]', '[1s]'),
    'prometheus.yml': {
      global: { scrape_interval: '300ms', scrape_timeout: '300ms', evaluation_interval: '300ms' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'jwtcheck', static_configs: [{ targets: [new URL(scene.url).host] }] }],
    },
  });
  const address = `127.0.0.1:${await unusedPort()}`;
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ];
  prometheus = await startDaemon(path, args, { origin: `http://${address}`, ready: '/-/ready' });
});

afterAll(async () => {
  await prometheus?.stop();
  await scene?.close();
  await refusing?.close();
});

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })),
  }),
});

/** The alerts that fire. */
async function firing(): Promise<Record<string, string>[]> {
  const { data } = alertsAnswer.parse(await prometheus.get('/api/v1/alerts'));
  return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
}

const names = (alerts: readonly Record<string, string>[]): string[] =>
  alerts.map(({ alertname = '' }) => alertname).sort();

const seriesAnswer = z.object({ data: z.array(z.record(z.string(), z.string())) });

async function series(): Promise<Record<string, string>[]> {
  const match = encodeURIComponent('{__name__=~"jwtcheck_.+"}');
  return seriesAnswer.parse(await prometheus.get(`/api/v1/series?match[]=${match}`)).data;
}

/** Every metric of the contract, with its labels. */
const contract: Readonly<Record<string, readonly string[]>> = {
  jwtcheck_verdict: ['environment', 'verdict'],
  jwtcheck_alert_level: ['environment'],
  jwtcheck_participant_up: ['environment', 'participant'],
  jwtcheck_participant_agrees: ['environment', 'participant'],
  jwtcheck_checks_total: ['environment', 'verdict'],
  jwtcheck_check_duration_seconds_bucket: ['environment', 'le'],
  jwtcheck_check_duration_seconds_sum: ['environment'],
  jwtcheck_check_duration_seconds_count: ['environment'],
  jwtcheck_attempts_total: ['environment', 'participant', 'probe', 'result', 'token'],
  jwtcheck_attempt_duration_seconds_bucket: ['environment', 'le'],
  jwtcheck_attempt_duration_seconds_sum: ['environment'],
  jwtcheck_attempt_duration_seconds_count: ['environment'],
  jwtcheck_events_total: ['environment', 'level', 'type'],
  jwtcheck_notifications_total: ['notifier', 'result'],
  jwtcheck_mrr_at_risk: ['currency', 'environment'],
  jwtcheck_last_check_timestamp_seconds: ['environment'],
  jwtcheck_participant_required: ['environment', 'participant'],
  jwtcheck_rotation_state: ['environment', 'state'],
  jwtcheck_incident_open: ['environment', 'kind', 'level'],
  jwtcheck_notifications_pending: ['notifier'],
  jwtcheck_notifier_failing: ['notifier'],
  jwtcheck_writes_skipped_total: ['target'],
  jwtcheck_config_reload_success: [],
  jwtcheck_build_info: ['version'],
};

describe('Prometheus beside a running watch', () => {
  it('fires no rule while all is well', async () => {
    const answer = () => prometheus.get('/api/v1/query?query=jwtcheck_alert_level');
    await eventually('it scrapes', answer, (value) => JSON.stringify(value).includes('"staging"'));
    // Before it scraped for the first time, the monitor was not there.
    await eventually('nothing fires', firing, (all) => all.length === 0);
  });

  it('fires in a drift, and no longer than it lasts', async () => {
    scene.auth.hold(otherKey);
    const alerts = await eventually('the alert', firing, (all) =>
      names(all).includes('JwtcheckDriftCritical'),
    );
    expect(alerts.find(({ alertname }) => alertname === 'JwtcheckDriftCritical')).toEqual({
      alertname: 'JwtcheckDriftCritical',
      environment: 'staging',
      severity: 'critical',
    });
    // The first notification that is lost is one too many already.
    await eventually('the loss', firing, (all) => names(all).includes('JwtcheckNotificationsLost'));
    scene.auth.hold(key);
    const left = 'JwtcheckNotificationsLost JwtcheckNotifierFailing';
    await eventually('its end', firing, (all) => names(all).join(' ') === left);
  });

  it('fires for another service that differs, and for one that is away', async () => {
    scene.backend.hold(otherKey);
    await eventually('the alert', firing, (all) =>
      names(all).some((name) => name.startsWith('JwtcheckDrift')),
    );
    scene.backend.hold(key);
    await eventually(
      'its end',
      firing,
      (all) => !names(all).some((name) => name.startsWith('JwtcheckDrift')),
    );
    await scene.backend.close();
    const alerts = await eventually('the outage', firing, (all) =>
      names(all).includes('JwtcheckParticipantDown'),
    );
    expect(alerts).toContainEqual({
      alertname: 'JwtcheckParticipantDown',
      environment: 'staging',
      participant: 'backend_service',
      instance: new URL(scene.url).host,
      job: 'jwtcheck',
      severity: 'warning',
    });
  });

  it('has every metric of the contract, with its labels and no others', async () => {
    const scraped = await series();
    const labels = new Map<string, Set<string>>();
    for (const { __name__: name = '', job, instance, ...rest } of scraped) {
      expect(job).toBe('jwtcheck');
      expect(instance).toBe(new URL(scene.url).host);
      const known = labels.get(name) ?? new Set();
      labels.set(name, known.add(Object.keys(rest).sort().join()));
    }
    const found = Object.fromEntries([...labels].map(([name, sets]) => [name, [...sets]]));
    const expected = Object.entries(contract).map(([name, list]) => [name, [list.join()]]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  it('has no fingerprint as a label', async () => {
    const values = (await series()).flatMap((labels) => Object.values(labels));
    for (const held of [key, otherKey]) expect(values.join('\n')).not.toContain(fingerprint(held));
  });

  it('promtool has nothing to say of the metrics', async () => {
    const input = await (await fetch(`${scene.url}/metrics`)).text();
    const promtool = program('promtool', 'prometheus');
    expect(execFileSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
  });
});
