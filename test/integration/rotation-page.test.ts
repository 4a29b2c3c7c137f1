import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LastRotation, ReportRotation } from '../../src/model.js';
import { advance } from '../../src/monitor/alerting/advance.js';
import type { HistoryRecord } from '../../src/monitor/history/record.js';
import { createMetrics } from '../../src/monitor/metrics/metrics.js';
import { initialState } from '../../src/monitor/monitor-model.js';
import { type MonitorServer, openServer } from '../../src/monitor/server/server.js';
import { aRotationRecord } from '../support/monitor-records.js';
import { aCheckRecord, aView, type LiteralView, noon } from '../support/monitor-view.js';
import { aReport } from '../support/reports.js';
import { aLastRotation, aRotation, rotationOutcome } from '../support/rotations.js';
import { plainPolicy } from '../support/watching.js';
import { lowContrasts, openPage, startBrowser } from './support/browser.js';

let browser: Browser;
const servers: MonitorServer[] = [];
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const server of servers.splice(0)) await server.close();
});

async function serve(view: LiteralView): Promise<string> {
  const server = await openServer(view, createMetrics('staging'), { listen: '127.0.0.1:0', warn: () => {} });
  servers.push(server);
  return server.url;
}

/** A check that read this of the rotation's record, and the state after it. */
function watched(record: { rotation?: ReportRotation; lastRotation?: LastRotation }, isStalled = false) {
  const outcome = rotationOutcome(record, isStalled);
  const { state } = advance(initialState, outcome, plainPolicy, noon);
  return { state, report: outcome.is === 'report' ? outcome.report : aReport() };
}

const minutesAgo = (minutes: number): string => new Date(noon.getTime() - minutes * 60_000).toISOString();

const seen = (
  id: string,
  state: 'staged' | 'promoted' | 'revoked' | 'finished',
  minutes: number,
  more = {},
) =>
  aRotationRecord(
    { id, state, from: 6, to: 7, openedAt: minutesAgo(9000), enteredAt: minutesAgo(minutes), ...more },
    { at: minutesAgo(minutes) },
  );

const history: readonly HistoryRecord[] = [
  seen('first', 'staged', 9000),
  seen('first', 'promoted', 8900),
  aCheckRecord(new Date(minutesAgo(8895)), { codes: ['signs-with-retired-key'] }),
  seen('first', 'revoked', 8000),
  seen('first', 'finished', 7000),
  seen('rotation 1', 'staged', 60, { from: 7, to: 8, openedAt: minutesAgo(60) }),
  seen('rotation 1', 'promoted', 20, { from: 7, to: 8, openedAt: minutesAgo(60) }),
  aCheckRecord(new Date(minutesAgo(1))),
];

const participants: ReportRotation['participants'] = [
  { name: 'auth_service', signs: [8], accepts: [7, 8], rejects: [], lacks: [] },
  {
    name: 'billing_issuer',
    signs: [7],
    accepts: [7, 8],
    rejects: [],
    lacks: [{ must: 'sign', version: 8, isRefuted: true, probes: [] }],
  },
  {
    name: 'backend_service',
    signs: [],
    accepts: [7],
    rejects: [8],
    lacks: [{ must: 'accept', version: 8, isRefuted: true, probes: ['validate', 'websocket'] }],
  },
  {
    name: 'socket_gateway',
    signs: [],
    accepts: [7],
    rejects: [],
    lacks: [{ must: 'accept', version: 8, isRefuted: false, probes: [] }],
  },
];

const promoted = aRotation({ state: 'promoted', since: minutesAgo(20), participants });

describe('the panel of a rotation', () => {
  it('is not there without one', async () => {
    const { page } = await openPage(browser, await serve(aView()));
    await page.getByRole('heading', { level: 1, name: 'Consistent' }).waitFor();
    expect(await page.getByRole('region', { name: 'Rotation' }).count()).toBe(0);
  });

  it('shows the states, the present one, and what each participant lacks; it follows without being loaded', async () => {
    const view = aView({ ...watched({ rotation: aRotation({ participants }) }), history });
    const { page, complaints } = await openPage(browser, await serve(view));
    const panel = page.getByRole('region', { name: 'Rotation', exact: true });
    await panel.getByRole('heading', { name: 'Rotation of version 7 to version 8' }).waitFor();
    const present = () => panel.locator('[aria-current=step]').innerText();
    expect(await panel.locator('.steps li').allInnerTexts()).toEqual([
      ...['idle', 'staged', 'promoted', 'revoked', 'finished'],
    ]);
    expect(await present()).toBe('staged');
    const rows = await panel.locator('#rotation-now tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t').map((cell) => cell.trim()))).toEqual([
      ['billing_issuer', '7', '7, 8', '–', 'must sign with version 8: signs with another version'],
      ['backend_service', '–', '7', '8', 'must accept version 8: rejects it (validate, websocket)'],
      ['socket_gateway', '–', '7', '–', 'must accept version 8: not proved yet'],
      ['auth_service', '8', '7, 8', '–', 'nothing'],
    ]);
    await panel.getByText('2 rotations').waitFor();
    expect(await panel.getByText('signs-with-retired-key (1 check)').count()).toBe(1);

    view.set(watched({ rotation: promoted }));
    await panel.locator('[aria-current=step]', { hasText: 'promoted' }).waitFor();
    expect(await panel.locator('.steps [data-is=past]').allInnerTexts()).toEqual(['idle', 'staged']);

    // The record can no longer be read: the rotation counts as open.
    view.set({ report: aReport() });
    await panel.getByText('The last check could not read its record').waitFor();
    expect(await present()).toBe('promoted');

    view.set(watched({ lastRotation: aLastRotation() }));
    await panel.locator('[aria-current=step]', { hasText: 'finished' }).waitFor();
    expect(await panel.locator('#rotation-now table').count()).toBe(0);

    view.set(watched({ lastRotation: aLastRotation({ outcome: 'rolled-back' }) }));
    await panel.locator('[aria-current=step]', { hasText: 'rolled back' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.for([
    ['cutover', 'promoted', ['idle', 'promoted', 'revoked', 'finished']],
    ['emergency', 'revoked', ['idle', 'revoked', 'finished']],
  ] as const)('has the states of its mode: %s', async ([mode, state, states]) => {
    const view = aView(watched({ rotation: aRotation({ mode, state }) }, true));
    const { page } = await openPage(browser, await serve(view));
    const panel = page.getByRole('region', { name: 'Rotation', exact: true });
    await panel.getByText('It is open for longer than its drain and a day').waitFor();
    expect(await panel.locator('.steps li').allInnerTexts()).toEqual(states);
    expect(await panel.locator('[aria-current=step]').innerText()).toBe(state);
  });

  it.each([
    [320, 'dark'],
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('fits %d pixels in %s colours that can be read', async (width, colorScheme) => {
    const view = aView({ ...watched({ rotation: promoted }), history });
    const { page } = await openPage(browser, await serve(view), {
      viewport: { width, height: 900 },
      colorScheme,
    });
    const panel = page.getByRole('region', { name: 'Rotation', exact: true });
    await panel.getByText('2 rotations').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(lowContrasts)).toEqual([]);
  });

  it('shows names that are hostile as text, and scrolls a thousand participants in its own table', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({
      name: `<img src=x onerror=alert(1)> ${index} ${'x'.repeat(200)}`,
      signs: [],
      accepts: [7],
      rejects: [],
      lacks: [{ must: 'accept' as const, version: 8, isRefuted: true, probes: ['<b>probe</b>'] }],
    }));
    const view = aView(watched({ rotation: aRotation({ participants: many }) }));
    const { page, complaints } = await openPage(browser, await serve(view), {
      viewport: { width: 390, height: 900 },
    });
    const panel = page.getByRole('region', { name: 'Rotation', exact: true });
    await panel.getByRole('button', { name: 'Show all 1,000' }).waitFor();
    expect(await page.locator('main img, main b >> text=probe').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(complaints).toEqual([]);
  });
});
