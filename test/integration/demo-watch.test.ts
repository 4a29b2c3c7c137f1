import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

it('demo --watch tells a drift from the alert to the repair, and ends', async () => {
  const run = await runCli(['demo', '--watch']);
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('CRITICAL: drift detected');
  expect(run.stdout).toContain('trailing-newline');
  expect(run.stdout).toContain('INFO: drift resolved');
  expect(run.stderr).toMatch(/the webhook received drift-detected \(CRITICAL\); its signature is right/);
  expect(run.stderr).toMatch(/the webhook received drift-resolved \(INFO\); its signature is right/);
  expect(run.stderr).toMatch(/page and metrics: http:\/\/127\.0\.0\.1:\d+\//);
});
