import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { loadConfig } from '../../src/config/load.js';
import { levels } from '../../src/model.js';
import { runHere } from '../support/here.js';

const folder = resolve(import.meta.dirname, '../../deploy');
const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');

/** Validation by Kubernetes' own schemas, by kind. */
const kinds = {
  ConfigMap: (content: object) => new ConfigMap(content).validate(),
  CronJob: (content: object) => new CronJob(content).validate(),
  Deployment: (content: object) => new Deployment(content).validate(),
  Job: (content: object) => new Job(content).validate(),
  NetworkPolicy: (content: object) => new NetworkPolicy(content).validate(),
  PersistentVolumeClaim: (content: object) => new PersistentVolumeClaim(content).validate(),
  Role: (content: object) => new Role(content).validate(),
  RoleBinding: (content: object) =>
    new RoleBinding({ roleRef: { apiGroup: '', kind: '', name: '' }, ...content }).validate(),
  Service: (content: object) => new Service(content).validate(),
  ServiceAccount: (content: object) => new ServiceAccount(content).validate(),
};
const isKind = (kind: unknown): kind is keyof typeof kinds =>
  typeof kind === 'string' && Object.hasOwn(kinds, kind);

async function documents(path: string): Promise<Record<string, unknown>[]> {
  const parsed = parseAllDocuments(await read(path));
  if (!Array.isArray(parsed)) throw new Error(`${path} is empty`);
  return parsed.map((document) => {
    expect(document.errors).toEqual([]);
    return z.record(z.string(), z.unknown()).parse(document.toJS());
  });
}

/** What is looked for in a tree, wherever it stands. */
function found(tree: unknown, key: string): unknown[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...found(value, key),
  ]);
}

const containers = z.array(
  z.object({ args: z.array(z.string()), env: z.array(z.looseObject({ name: z.string() })).default([]) }),
);

const kubernetes = ['kubernetes/deployment.yaml', 'kubernetes/cronjob.yaml', 'kubernetes/fleet.yaml'];

describe.each(kubernetes)('%s', (path) => {
  it('is valid by the schemas of Kubernetes', async () => {
    for (const document of await documents(path)) {
      const { kind } = document;
      if (!isKind(kind)) throw new Error(`no schema for ${String(kind)}`);
      const validate = kinds[kind];
      expect(() => validate(document), kind).not.toThrow();
      // The schema is no formality: it refuses what is wrong.
      expect(() => validate({ ...document, metadata: { name: 1 } }), kind).toThrow();
    }
  });

  it('runs as nobody, on a file system that it cannot write to', async () => {
    const all = await documents(path);
    const started = ['containers', 'initContainers'].flatMap((key) => found(all, key).flat());
    expect(started.length).toBeGreaterThan(0);
    for (const one of started)
      expect(one).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      });
    const pods = found(all, 'restartPolicy').length || 1;
    expect(found(all, 'runAsNonRoot')).toEqual(Array.from({ length: pods }, () => true));
  });
});

it('the configuration in the ConfigMap is one that the program takes, with the variables that are set', async () => {
  const all = await documents('kubernetes/deployment.yaml');
  const text = z.string().parse(found(all, 'jwtcheckrc.json')[0]);
  const [container] = containers.parse(found(all, 'containers')[0]);
  const env = Object.fromEntries((container?.env ?? []).map(({ name }) => [name, 'https://example.com/x']));
  const loaded = await loadConfig({ config: JSON.parse(text), cwd: '/', env, environment: 'staging' });
  expect(loaded.settings.watch.listen).toBe('0.0.0.0:9464');
  await expect(
    loadConfig({ config: JSON.parse(text), cwd: '/', env: {}, environment: 'staging' }),
  ).rejects.toThrow();
});

describe('the arguments', () => {
  const paths = [
    ...kubernetes,
    'cloud-run/job.yaml',
    'cloud-run/fleet-parts.yaml',
    'cloud-run/fleet-judge.yaml',
  ];

  async function expectKnown(args: readonly string[]): Promise<void> {
    // The first flag that is not known is told of: it must be none of theirs.
    const run = await runHere([...args, '--no-such-flag']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('--no-such-flag');
  }

  it.each(paths)('of %s are known to the program', async (path) => {
    const all = found(await documents(path), 'containers').flatMap((one) => containers.parse(one));
    expect(all.length).toBeGreaterThan(0);
    for (const { args } of all) await expectKnown(args);
  });

  it('of the systemd unit are known to the program', async () => {
    const unit = await read('systemd/jwtcheck-watch@.service');
    const [, args = ''] = /^ExecStart=\/usr\/bin\/env jwtcheck (.*)$/m.exec(unit) ?? [];
    expect(args).not.toBe('');
    await expectKnown(args.split(' '));
  });
});

it('the pods of an Indexed Job know how many they are, which Kubernetes does not tell them', async () => {
  const [, job] = await documents('kubernetes/fleet.yaml');
  const { spec } = z
    .object({ spec: z.object({ completions: z.number(), template: z.unknown() }) })
    .parse(job);
  const [own] = containers.parse(found(job, 'containers')[0]);
  expect(own?.env).toContainEqual({ name: 'JOB_COMPLETIONS', value: String(spec.completions) });
});

it('Alertmanager wakes somebody for CRITICAL and for EMERGENCY, with a word that PagerDuty takes', async () => {
  const [config] = await documents('alertmanager/alertmanager.yml');
  const routes = z
    .array(z.object({ receiver: z.string(), matchers: z.array(z.string()) }))
    .parse(found(config, 'routes')[0]);
  const [, urgent = ''] = /^severity=~"([^"]+)"$/.exec(routes[0]?.matchers[0] ?? '') ?? [];
  expect(routes[0]?.receiver).toBe('on-call');
  const woken = levels.filter((level) => new RegExp(`^(?:${urgent})$`).test(level.toLowerCase()));
  expect(woken).toEqual(['CRITICAL', 'EMERGENCY']);
  // `emergency` is none of PagerDuty's severities: it would refuse the whole event.
  const [pagerduty] = z
    .array(z.object({ severity: z.string() }))
    .parse(found(config, 'pagerduty_configs')[0]);
  expect(pagerduty?.severity).toMatch(
    /^\{\{ if eq .* "critical" "error" "warning" "info" \}\}.*else \}\}critical\{\{ end \}\}$/,
  );
});

it('the systemd unit keeps the state of each environment apart, with variables that systemd sets', async () => {
  const unit = await read('systemd/jwtcheck-watch@.service');
  expect(unit).toContain('StateDirectory=jwtcheck/%i');
  const watch = Object.fromEntries(
    ['state', 'history', 'listen'].map((key) => [key, new RegExp(`"${key}": "([^"]+)"`).exec(unit)?.[1]]),
  );
  const participants = { tests: { source: { kind: 'env', names: ['JWT_SECRET'] } } };
  const config = JSON.parse(JSON.stringify({ environments: { staging: { participants } }, watch }));
  const env = { STATE_DIRECTORY: '/var/lib/jwtcheck/staging' };
  const written = JSON.parse(JSON.stringify(config));
  const { settings } = await loadConfig({
    config: written,
    cwd: '/',
    env,
    environment: 'staging',
    watch: true,
  });
  expect(settings.watch).toMatchObject({
    state: '/var/lib/jwtcheck/staging/state.json',
    history: '/var/lib/jwtcheck/staging/history.ndjson',
    listen: '127.0.0.1:9464',
  });
});

it('the dashboard shows metrics that there are', async () => {
  const dashboard: unknown = JSON.parse(await read('grafana/dashboard.json'));
  const expressions = found(dashboard, 'expr').map(String);
  expect(expressions.length).toBeGreaterThan(10);
  const names = new Set(expressions.flatMap((text) => text.match(/jwtcheck_\w+/g) ?? []));
  const contract = [
    'jwtcheck_verdict',
    'jwtcheck_alert_level',
    'jwtcheck_participant_up',
    'jwtcheck_participant_agrees',
    'jwtcheck_checks_total',
    'jwtcheck_check_duration_seconds_bucket',
    'jwtcheck_attempts_total',
    'jwtcheck_attempt_duration_seconds_bucket',
    'jwtcheck_events_total',
    'jwtcheck_notifications_total',
    'jwtcheck_mrr_at_risk',
    'jwtcheck_last_check_timestamp_seconds',
    'jwtcheck_incident_open',
    'jwtcheck_notifications_pending',
    'jwtcheck_notifier_failing',
    'jwtcheck_rotation_state',
    'jwtcheck_writes_skipped_total',
  ];
  expect([...names].sort()).toEqual([...contract].sort());
  const ids = found(dashboard, 'id');
  expect(new Set(ids).size).toBe(ids.length);
});

describe('the unit of systemd', () => {
  const settings = async (key: string) =>
    [...(await read('systemd/jwtcheck-watch@.service')).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(
      ([, value = '']) => value,
    );

  it('starts again after everything, a port that is in use included', async () => {
    expect(await settings('Restart')).toEqual(['always']);
    expect((await settings('RestartPreventExitStatus')).join('')).toBe('');
    expect(await settings('StartLimitIntervalSec')).toEqual(['0']);
  });

  it('writes no dump of a memory that holds secrets', async () => {
    expect(await settings('LimitCORE')).toEqual(['0']);
  });
});
