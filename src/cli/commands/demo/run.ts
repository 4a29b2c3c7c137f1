import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretId } from '../../../demo/configuration.js';
import { isScenario, type ScenarioName, scenarioNames, scenarios } from '../../../demo/scenarios.js';
import { type Control, type Demo, startControl, startDemo } from '../../../demo/world.js';
import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { shellWord, singleQuoted } from '../../../schema/shell-quote.js';
import { didYouMean } from '../../../schema/suggest.js';
import { createFile } from '../../../system/files.js';
import type { Io } from '../../../system/io.js';

export interface DemoFlags {
  /** The scenario. Default: a consistent system. */
  readonly scenario?: string;
  /** Only list the scenarios. */
  readonly list?: boolean;
  /** Keep everything running until interrupted. */
  readonly keep?: boolean;
}

/** Runs the check that any user runs, for a configuration file. */
export type RunCheck = (
  args: { readonly config: string; readonly environment: string; readonly env: Io['env'] },
  io: Io,
) => Promise<ExitCode>;

/** Starts a whole system on this machine, checks it, and returns the exit code of the check. */
export async function demo(flags: DemoFlags, io: Io, runCheck: RunCheck): Promise<ExitCode> {
  if (flags.list === true) {
    await io.stdout.write(listed());
    return 0;
  }
  const name = scenarioOf(flags.scenario ?? 'consistent');
  const world = await startDemo(name, { now: io.now });
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-demo-'));
  try {
    const files = await written(world, folder);
    await io.stderr.write(introduction(name, world));
    const unset = new Set(world.unset);
    const env = {
      ...Object.fromEntries(Object.entries(io.env).filter(([variable]) => !unset.has(variable))),
      ...world.env,
      // The demo always uses its emulator.
      JWTCHECK_ALLOW_EMULATOR: '1',
    };
    const code = await runCheck({ config: files.config, environment: 'staging', env }, io);
    if (flags.keep !== true) return code;
    const control = await startControl(world);
    try {
      await io.stderr.write(instructions(world, files, control));
      if (!io.signal.aborted) await once(io.signal, 'abort');
    } finally {
      await control.close();
    }
    return io.signal.reason === 'SIGTERM' ? 143 : 130;
  } finally {
    await Promise.allSettled([world.close(), rm(folder, { recursive: true, force: true })]);
  }
}

function scenarioOf(name: string): ScenarioName {
  if (isScenario(name)) return name;
  throw new UsageError(
    `unknown scenario "${name}"${didYouMean(name, scenarioNames)}`,
    'List them: jwtcheck demo --list',
  );
}

function listed(): string {
  const width = Math.max(...scenarioNames.map((name) => name.length));
  return scenarioNames.map((name) => `${name.padEnd(width)}  ${scenarios[name].title}\n`).join('');
}

interface Files {
  readonly config: string;
  readonly env: string;
}

/**
 * Writes the files that a user would have: the configuration, and the variables for another terminal, readable only
 * by the owner.
 */
async function written(world: Demo, folder: string): Promise<Files> {
  const files = { config: join(folder, '.jwtcheckrc.json'), env: join(folder, 'env') };
  const lines = [
    `unset ${world.unset.join(' ')}`,
    ...Object.entries(world.env).map(([name, value]) => `${name}=${singleQuoted(value)}`),
  ];
  await createFile(files.config, `${JSON.stringify(world.config, null, 2)}\n`, 0o600);
  await createFile(files.env, `${lines.join('\n')}\n`, 0o600);
  return files;
}

function introduction(name: ScenarioName, world: Demo): string {
  const { title, story, verdict, exitCode, finding } = scenarios[name];
  const running = Object.entries(world.running).map(([what, url]) => `${what} ${url}`);
  const expected = finding === null ? '' : `, ${finding.code} on ${finding.participant}`;
  return [
    `demo ${name}: ${title}.`,
    `  ${story}`,
    `  Running: ${running.join(', ')}.`,
    `  Expected: ${verdict}${expected}, exit code ${exitCode}.`,
    '',
    '',
  ].join('\n');
}

function instructions(world: Demo, files: Files, control: Control): string {
  const { project, secret } = secretId;
  const gcloud = [
    `CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER=${world.secretManager.url}/`,
    'CLOUDSDK_AUTH_ACCESS_TOKEN=none',
    `gcloud secrets versions list ${secret} --project=${project}`,
  ].join(' ');
  // Not npx: in another folder it would install any package of that name, and give it the secrets.
  const command =
    shellWord(fileURLToPath(new URL('../bin/jwtcheck.js', import.meta.url))) ?? 'bin/jwtcheck.js';
  return [
    '',
    `The configuration, ${files.config}:`,
    '',
    JSON.stringify(world.config, null, 2),
    '',
    'Check it from another terminal. The variables with the secrets are in a file that only you can read:',
    '',
    `  (set -a; . ${files.env}; set +a; node ${command} check --allow-emulator -c ${files.config})`,
    '',
    'Break or fix backend_service, then check again. Everything else stays unchanged:',
    '',
    `  curl --noproxy 127.0.0.1 -X POST ${control.breakUrl}`,
    `  curl --noproxy 127.0.0.1 -X POST ${control.repairUrl}`,
    '',
    'The Secret Manager implements the real API:',
    '',
    `  ${gcloud}`,
    '',
    'Everything keeps running until Ctrl-C.',
    '',
  ].join('\n');
}
