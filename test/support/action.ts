import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { root } from './packed.js';

const text = z.record(z.string(), z.string());

/** `action.yml` of a composite action: metadata syntax for GitHub Actions, as far as it is used here. */
const schema = z.strictObject({
  name: z.string(),
  description: z.string(),
  author: z.string(),
  branding: z.strictObject({
    // Of Feather's icons GitHub takes most, not all.
    icon: z.enum(['lock', 'check-circle', 'shield']),
    color: z.enum(['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark']),
  }),
  inputs: z.record(
    z.string().regex(/^[a-z_][a-z0-9_-]*$/),
    z.strictObject({ description: z.string(), default: z.string() }),
  ),
  outputs: z.record(
    z.string().regex(/^[a-z_][a-z0-9_-]*$/),
    z.strictObject({ description: z.string(), value: z.string() }),
  ),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z.array(
      z.strictObject({
        name: z.string(),
        id: z.string().optional(),
        shell: z.literal('bash'),
        env: text,
        run: z.string(),
        'working-directory': z.string().optional(),
      }),
    ),
  }),
});

export type Action = z.output<typeof schema>;

/** The action of this repository. */
export async function readAction(): Promise<Action> {
  return schema.parse(parse(await readFile(join(root, 'action.yml'), 'utf8')));
}

/** Names that an expression may contain, with dots; an unknown name is empty, as on GitHub. */
export type Context = Readonly<Record<string, string>>;

/** Puts values in for `${{ name }}`; for all other expressions it throws. */
export function expand(template: string, context: Context): string {
  return template.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const name = expression.trim();
    if (!/^[a-zA-Z_][\w-]*(\.[\w-]+)+$/.test(name)) throw new Error(`no expression of this kind: ${name}`);
    return context[name] ?? '';
  });
}

/** A use of the action in a job. */
export interface Use {
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** The runner's folder for temporary files. */
  readonly temp: string;
  /** Default: that of this process. */
  readonly path?: string;
  /** Values of expressions other than inputs, such as `strategy.job-index`. */
  readonly context?: Context;
  /** Names of the steps to run; default: all. */
  readonly only?: readonly string[];
}

export interface ActionRun {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the steps of the action as GitHub's runner does on Linux: in order, until one fails. */
export async function runAction(use: Use): Promise<ActionRun> {
  const { inputs, outputs, runs } = await readAction();
  const given = use.with ?? {};
  for (const name of Object.keys(given)) if (!(name in inputs)) throw new Error(`there is no input ${name}`);
  const context: Record<string, string> = { ...use.context };
  for (const [name, input] of Object.entries(inputs))
    context[`inputs.${name}`] = given[name] ?? input.default;
  const files = await mkdtemp(join(use.temp, '_runner_file_commands-'));
  const summary = join(files, 'summary');
  await writeFile(summary, '');
  let code = 0;
  let log = '';
  for (const [index, step] of runs.steps.entries()) {
    if (use.only !== undefined && !use.only.includes(step.name)) continue;
    const script = join(files, `${index}.sh`);
    const output = join(files, `output-${index}`);
    await writeFile(script, expand(step.run, context));
    await writeFile(output, '');
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(step.env)) env[name] = expand(value, context);
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: resolve(use.workspace, expand(step['working-directory'] ?? '.', context)),
      env: {
        PATH: use.path ?? process.env.PATH,
        HOME: process.env.HOME,
        npm_config_prefer_offline: 'true',
        ...use.env,
        ...env,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: root,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_WORKSPACE: use.workspace,
        RUNNER_TEMP: use.temp,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        log += part;
      });
    }
    const [ended] = await once(child, 'close');
    code = Number(ended);
    for (const [name, value] of outputsIn(await readFile(output, 'utf8')))
      context[`steps.${step.id}.outputs.${name}`] = value;
    if (code !== 0) break;
  }
  const told = Object.entries(outputs).map(([name, { value }]) => [name, expand(value, context)]);
  return { code, log, outputs: Object.fromEntries(told), summary: await readFile(summary, 'utf8') };
}

/** `name=value`, a line each: the only form that the action writes. */
function outputsIn(file: string): [string, string][] {
  return file
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new Error(`GITHUB_OUTPUT: ${line}`);
      return [line.slice(0, at), line.slice(at + 1)];
    });
}
