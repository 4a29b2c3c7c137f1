import { defineConfig } from 'vitest/config';

/** Together with programs that people use beside jwtcheck: browsers, shells, Prometheus, verifiers of Debian. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/random.ts'],
    retry: 0,
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
