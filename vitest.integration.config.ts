import { defineConfig } from 'vitest/config';

/** Together with programs that people use beside jwtcheck: browsers, shells, Prometheus. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
