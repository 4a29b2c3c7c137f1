import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const deploy = resolve(import.meta.dirname, '../../deploy');
const folder = workspace();
const key = 'the key that everybody should hold, long enough';
const env = { [variable]: key };
const size = 12;
let right: Service;
let wrong: Service;

beforeAll(async () => {
  right = await startService(key);
  wrong = await startService(`${key}\n`);
});
afterAll(() => Promise.all([right.close(), wrong.close()]));

const container = z.object({
  args: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});
type Container = z.output<typeof container>;

/** A job of either engine, as far as its runs depend on it. */
interface Job {
  readonly container: Container;
  /** The variables that the engine sets in each run. */
  readonly runs: readonly Readonly<Record<string, string>>[];
}

async function documents(path: string): Promise<unknown[]> {
  const parsed = parseAllDocuments(await readFile(join(deploy, path), 'utf8'));
  if (!Array.isArray(parsed)) throw new Error(`${path} is empty`);
  return parsed.map((document) => document.toJS());
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

async function ofKubernetes(): Promise<Job[]> {
  const job = z.object({
    kind: z.literal('Job'),
    spec: z.object({
      completionMode: z.literal('Indexed').optional(),
      completions: z.number().default(1),
      template: z.object({ spec: z.object({ containers: z.tuple([container]) }) }),
    }),
  });
  const jobs = (await documents('kubernetes/fleet.yaml')).flatMap((one) => job.safeParse(one).data ?? []);
  return jobs.map(({ spec: { completionMode, completions, template } }) => ({
    container: template.spec.containers[0],
    // Kubernetes sets the index alone.
    runs: numbers(completions).map((index) =>
      completionMode === undefined ? {} : { JOB_COMPLETION_INDEX: String(index) },
    ),
  }));
}

async function ofCloudRun(): Promise<Job[]> {
  const job = z.object({
    kind: z.literal('Job'),
    spec: z.object({
      template: z.object({
        spec: z.object({
          taskCount: z.number(),
          template: z.object({ spec: z.object({ containers: z.tuple([container]) }) }),
        }),
      }),
    }),
  });
  const paths = ['cloud-run/fleet-parts.yaml', 'cloud-run/fleet-judge.yaml'];
  const jobs = (await Promise.all(paths.map(documents))).flat().map((one) => job.parse(one));
  return jobs.map(({ spec: { template } }) => ({
    container: template.spec.template.spec.containers[0],
    runs: numbers(template.spec.taskCount).map((index) => ({
      CLOUD_RUN_TASK_INDEX: String(index),
      CLOUD_RUN_TASK_COUNT: String(template.spec.taskCount),
    })),
  }));
}

/** Runs one container of a job, with folders of this machine in place of its volumes. */
function run(
  { args, env: set, volumeMounts }: Container,
  ofEngine: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
) {
  const inPlace = (text: string): string =>
    volumeMounts.reduce(
      (all, { name, mountPath }) => all.replace(mountPath, places[name] ?? 'nowhere'),
      text,
    );
  const values = set.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  return runCli(args.map(inPlace), {
    cwd: places.config ?? '/',
    env: { ...env, ...Object.fromEntries(values), ...ofEngine },
  });
}

describe.each([
  ['the Indexed Job and the Job after it', ofKubernetes],
  ['the two Cloud Run jobs', ofCloudRun],
])('%s', (_, jobsOf) => {
  it('are one check: each participant in one part, and the report of the whole', async () => {
    const [parts, judge] = await jobsOf();
    if (parts === undefined || judge === undefined) throw new Error('there are two jobs');
    const services = Object.fromEntries(numbers(size).map((n) => [`service-${n}`, participant(right)]));
    const config = configOf({ ...services, odd: participant(wrong) });
    const places = { config: await folder({ 'jwtcheckrc.json': config }), parts: await folder() };

    const runs = await Promise.all(parts.runs.map((set) => run(parts.container, set, places)));
    for (const one of runs) expect(one).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const files = await readdir(places.parts);
    expect(files).toHaveLength(parts.runs.length);
    const written = await Promise.all(
      files.map(async (file) => {
        const text = await readFile(join(places.parts, file), 'utf8');
        expect(text).not.toContain(key);
        return { file, ...z.object({ observed: z.array(z.string()) }).parse(JSON.parse(text)) };
      }),
    );
    const names = ['odd', 'store', ...numbers(size).map((n) => `service-${n}`)];
    expect(written.flatMap(({ observed }) => observed).sort()).toEqual(names.sort());

    const judged = await run(judge.container, judge.runs[0] ?? {}, places);
    expect(judged).toMatchObject({ code: 1, stderr: '' });
    const whole = await runHere(['-c', join(places.config, 'jwtcheckrc.json')], { env });
    // The width of a column depends on the times in it.
    const timeless = (text: string): string =>
      text.replaceAll(/\d[\d,.]* m?s\b/g, '#').replaceAll(/ +/g, ' ');
    expect(timeless(judged.stdout)).toBe(timeless(whole.stdout));

    // Nothing is known of the one that differs.
    const missing = written.find(({ observed }) => observed.includes('odd'))?.file ?? '';
    await rm(join(places.parts, missing));
    const { code, stdout } = await run(judge.container, judge.runs[0] ?? {}, places);
    expect(code).toBe(3);
    expect(stdout).toMatch(/odd could not be read: part \d of 4 is missing/);
  });
});
