import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need programs that are not on every machine: npm run test:integration.
    exclude: [...configDefaults.exclude, 'test/integration/**'],
    globalSetup: ['test/support/build.ts'],
    // Real servers and real time limits: on a busy machine one of two thousand tests may be late once.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Most of the time is spent waiting for servers and processes: by default two cores would mean one worker.
    maxWorkers: 3,
  },
});
