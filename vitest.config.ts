import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { compiledSources } from './test/support/compiled.js';
import { SkippedTests } from './test/support/skipped.js';

/** Starts the built program, in processes of its own or within the test process. */
const processes = ['test/{cli,deploy,docs}/**/*.test.ts', 'test/{index,readme}.test.ts'];

/**
 * Whole rotations, repairs and cutovers, programs under `exec`, and long tables of whole checks: each takes seconds. They
 * run beside the integration tests, but need nothing that those need.
 */
export const slow = ['test/**/*.slow.test.ts'];

/** Changes what modules, libraries or the process remember: hooks that a module sets, environment variables, mocks. */
const isolated = [
  'test/observe/network/threaded*.test.ts',
  'test/observe/sources/google*.test.ts',
  'test/observe/sources/google*/**/*.test.ts',
];

/** Adds modules in the place of some of the program's: its sources are loaded as Vitest loads them. */
const mocked = ['test/new-{conclusions,units}.test.ts'];

/**
 * Flags of the processes that run tests. Fewer collections of young objects save 5 % of all processor time. Rarely
 * optimizing code, which runs for a second only, saves a quarter; later versions of Node wait longer by themselves, and do
 * not know the first of those two flags.
 */
export const workerFlags = [
  '--max-semi-space-size=64',
  ...(process.version.startsWith('v20.') ? ['--interrupt-budget=4000000', '--liftoff-only'] : []),
];

export const plugins = [compiledSources()];

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/random.ts'],
    reporters: ['default', new SkippedTests()],
    retry: 0,
    // As long as a test that hangs: what is waited for comes sooner, or never.
    expect: { poll: { timeout: 110_000 } },
    // The program as it is built is loaded as it is.
    server: { deps: { external: [/\/(?:dist|\.compiled)\//] } },
    // Not a bound of any test: what hangs ends then, on the slowest machine too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Some tests wait for servers and processes more than they compute, but each worker loads the whole program.
    maxWorkers: 2 * availableParallelism(),
    execArgv: workerFlags,
    projects: [
      {
        extends: true,
        plugins,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // Integration tests need programs that are not on every machine: npm run test:integration.
          exclude: [
            ...configDefaults.exclude,
            'test/integration/**',
            ...slow,
            ...processes,
            ...isolated,
            ...mocked,
          ],
          // Each file in a process that has loaded the program already.
          isolate: false,
        },
      },
      { extends: true, plugins, test: { name: 'isolated', include: isolated, exclude: slow } },
      { extends: true, test: { name: 'mocked', include: mocked } },
      { extends: true, plugins, test: { name: 'cli', include: processes, exclude: slow, isolate: false } },
    ],
  },
});
