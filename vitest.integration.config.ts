import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SkippedTests } from './test/support/skipped.js';
import { plugins, slow, workerFlags } from './vitest.config.js';

/** Slow tests that change what the process remembers. */
const isolated = ['test/observe/network/threaded.slow.test.ts'];

/** Together with programs that people use beside jwtcheck: browsers, shells, Prometheus, verifiers of Debian. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/random.ts'],
    reporters: ['default', new SkippedTests()],
    retry: 0,
    // As long as a test that hangs: what is waited for comes sooner, or never.
    expect: { poll: { timeout: 110_000 } },
    server: { deps: { external: [/\/(?:dist|\.compiled)\//] } },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2 * availableParallelism(),
    execArgv: workerFlags,
    env: { JWTCHECK_TEST_RUNS: process.env.JWTCHECK_TEST_RUNS ?? 'full' },
    projects: [
      {
        extends: true,
        plugins,
        test: { name: 'integration', include: ['test/integration/**/*.test.ts'], exclude: slow },
      },
      // As the quick tests: in processes that have loaded the program already.
      { extends: true, plugins, test: { name: 'slow', include: slow, exclude: isolated, isolate: false } },
      { extends: true, plugins, test: { name: 'slow-isolated', include: isolated } },
    ],
  },
});
