import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What other shells and programs have to say of it, where they are installed: npm run test:integration.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env.npm_lifecycle_event === 'test:integration' ? [] : ['test/integration/**']),
    ],
    globalSetup: ['test/support/build.ts'],
    // Real servers and real time limits: on a busy machine one of two thousand tests may be late once.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
