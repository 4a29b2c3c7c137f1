import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { SkippedTests } from './test/support/skipped.js';

/** What starts the program as it is built, in processes of its own. */
const processes = ['test/{action,cli,deploy,docs}/**/*.test.ts', 'test/{index,readme}.test.ts'];

/** What leaves nothing behind in the modules that it loads. */
const pure = [
  'test/{commands,completion,config,data,demo,endpoint,field,incidents,init,judge,report,secret,transforms}/**/*.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/random.ts'],
    reporters: ['default', new SkippedTests()],
    retry: 0,
    // The program as it is built is loaded as it is.
    // As long as a test that hangs: what is waited for comes sooner, or never.
    expect: { poll: { timeout: 110_000 } },
    server: { deps: { external: [/\/dist\//] } },
    // Not a bound of any test: what hangs ends then, on the slowest machine too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests wait for servers and processes more than they compute.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // Integration tests need programs that are not on every machine: npm run test:integration.
          exclude: [...configDefaults.exclude, 'test/integration/**', ...processes, ...pure],
        },
      },
      // Each file anew in a process that has loaded the program already.
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'cli', include: processes } },
    ],
  },
});
