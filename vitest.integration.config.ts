import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { SkippedTests } from './test/support/skipped.js';
import { isolated, plugins, slow, workerFlags } from './vitest.config.js';

const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => /(?<!\.slow)\.test\.ts$/.test(path) && !path.startsWith('test/integration/'));
/** Those that try less in a quick run of all tests. */
const random = tests.filter((path) =>
  /\b(?:runs|some)\b.* from '.*\/random\.js'/.test(readFileSync(path, 'utf8')),
);
const others = tests.filter((path) => !random.includes(path));

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
    maxWorkers: 3,
    execArgv: workerFlags,
    env: { JWTCHECK_TEST_RUNS: process.env.JWTCHECK_TEST_RUNS ?? 'full' },
    projects: [
      {
        extends: true,
        plugins,
        test: { name: 'integration', include: ['test/integration/**/*.test.ts'], exclude: slow },
      },
      { extends: true, plugins, test: { name: 'slow', include: slow } },
      // All that their tests have, in other tries than a quick run: with nothing left out.
      {
        extends: true,
        plugins,
        test: {
          name: 'random',
          include: random,
          exclude: isolated,
          isolate: false,
          execArgv: ['--max-semi-space-size=64'],
        },
      },
      {
        extends: true,
        plugins,
        test: { name: 'random, isolated', include: isolated, exclude: [...others, ...slow] },
      },
    ],
  },
});
