import { expect, it } from 'vitest';
import { demoWatch } from '../../src/cli/commands/demo/demo-watch.js';
import { anIo } from '../support/outputs.js';
import { plainStyle } from '../support/style.js';

it('demo --watch tells a drift from the alert to the repair, and ends', async () => {
  const io = { ...anIo(), now: () => new Date() };
  const pace = { interval: '100ms', beforeDrift: 300, beforeRepair: 0, atTheEnd: 0, patience: 60_000 };
  const flags = { format: 'pretty', style: plainStyle, listen: undefined, keep: false } as const;
  expect(await demoWatch(flags, io, pace)).toBe(0);
  expect(io.stdout.text()).toContain('CRITICAL: drift detected');
  expect(io.stdout.text()).toContain('trailing-newline');
  expect(io.stdout.text()).toContain('INFO: drift resolved');
  const said = io.stderr.text();
  expect(said).toMatch(/the webhook received drift-detected \(CRITICAL\); its signature is right/);
  expect(said).toMatch(/the webhook received drift-resolved \(INFO\); its signature is right/);
  expect(said).toMatch(/page and metrics: http:\/\/127\.0\.0\.1:\d+\//);
});
