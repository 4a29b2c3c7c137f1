import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import type { KeysRecord } from '../../src/monitor/history/record.js';
import { createMetrics } from '../../src/monitor/metrics/metrics.js';
import { type EnvironmentState, initialState } from '../../src/monitor/monitor-model.js';
import { type MonitorServer, openServer } from '../../src/monitor/server/server.js';
import { aKey, aKeysRecord } from '../support/monitor-records.js';
import {
  aCheckRecord,
  anEvent,
  anEventRecord,
  aView,
  type LiteralView,
  noon,
} from '../support/monitor-view.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  goodAttempts,
  secretManager,
  stepsIn,
} from '../support/reports.js';
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

async function serve(view: LiteralView, listen = '127.0.0.1:0'): Promise<MonitorServer> {
  const server = await openServer(view, createMetrics(view.environment), { listen, warn: () => {} });
  servers.push(server);
  return server;
}

/** A report in which one participant, of any name, holds a secret with a newline. */
function drifted(
  name = 'backend_service',
  text = `${name} holds the secret with a newline at its end.`,
): Report {
  return aReport({
    verdict: 'inconsistent',
    participants: [
      secretManager,
      aParticipant('auth_service'),
      aParticipant(name, { fingerprint: '9b1c0f2e', agrees: false }),
    ],
    attempts: [
      ...goodAttempts('auth_service'),
      anAttempt(name, 'genuine', { result: 'rejected', probe: name }),
    ],
    findings: [
      aFinding('trailing-newline', {
        participants: [name],
        message: text,
        steps: stepsIn(
          `Store it without:\n  printf %s "$SECRET" | gcloud secrets versions add ${name} --data-file=-`,
        ),
      }),
    ],
  });
}

function incidentOf(report: Report): EnvironmentState {
  const { level, findings } = report;
  const { summary, impact, since, incident: id, at: toldAt } = anEvent();
  const participants = findings.flatMap((finding) => finding.participants);
  const told = { level, participants, summary, findings, impact };
  return { ...initialState, incident: { id, dedupKey: id, since, told, toldAt, peak: level, changes: 0 } };
}

const history = [
  ...Array.from({ length: 300 }, (_, index) =>
    aCheckRecord(new Date(noon.getTime() - (300 - index) * 60_000)),
  ),
  anEventRecord(),
];

const minutesAgo = (minutes: number): string => new Date(noon.getTime() - minutes * 60_000).toISOString();

/** A new version that one of three services lacks, and one before it. */
const keys: readonly KeysRecord[] = [
  aKeysRecord({ at: minutesAgo(280), keys: [aKey(6, ['secret_manager', 'a', 'b', 'c'])] }),
  aKeysRecord({
    at: minutesAgo(260),
    keys: [aKey(7, ['secret_manager', 'a', 'b', 'c'], { createdAt: minutesAgo(60 * 24 * 40) })],
  }),
  aKeysRecord({ at: minutesAgo(90), keys: [aKey(8, ['secret_manager', 'a']), aKey(7, ['b', 'c'])] }),
  aKeysRecord({ at: minutesAgo(60), keys: [aKey(8, ['secret_manager', 'a', 'b']), aKey(7, ['c'])] }),
];

const badView = (report = drifted()): LiteralView => aView({ report, state: incidentOf(report), history });

describe('the status page', () => {
  it('opens without a complaint, and asks nobody else for anything', async () => {
    const { url } = await serve(badView());
    const { page, requests, complaints } = await openPage(browser, url);
    await page.getByRole('heading', { level: 1, name: 'Inconsistent' }).waitFor();
    await page
      .getByRole('img', { name: /^The last 24 hours: 100 % of 300 checks consistent; 1 incident$/ })
      .waitFor();
    expect(complaints).toEqual([]);
    expect(
      requests.filter((request) => !request.startsWith(`${url}/`) && !request.startsWith('data:')),
    ).toEqual([]);
    expect(await page.title()).toBe('✕ Inconsistent · staging · jwtcheck');
  });

  it('shows a drift and its repair without being loaded again', async () => {
    const view = aView({ history: history.slice(0, -1) });
    const { url } = await serve(view);
    const { page, complaints } = await openPage(browser, url);
    await page.getByRole('heading', { level: 1, name: 'Consistent' }).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await page.getByRole('img', { name: / 0 incidents$/ }).waitFor();
    const icon = await page.locator('link[rel=icon]').getAttribute('href');
    await page.evaluate('window.stayed = true');

    const report = drifted();
    view.set({ report, state: incidentOf(report) }, anEventRecord());
    await page.getByRole('heading', { level: 1, name: 'Inconsistent' }).waitFor();
    // The timeline tells of it at once: a page must not say two things.
    await page.getByRole('img', { name: / 1 incident$/ }).waitFor({ timeout: 5000 });
    await page.getByRole('region', { name: 'Open incident' }).getByText('trailing-newline').waitFor();
    await page.getByRole('status').filter({ hasText: 'Inconsistent. backend_service differs' }).waitFor();
    await page.getByRole('button', { name: /^Copy the command printf/ }).waitFor();
    expect(await page.locator('link[rel=icon]').getAttribute('href')).not.toBe(icon);

    view.set({ report: aReport(), state: incidentOf(report) });
    await page.getByRole('region', { name: 'Open incident' }).getByText('The last check was good').waitFor();
    view.set({ report: aReport({ verdict: 'inconclusive' }), state: incidentOf(report) });
    await page.getByText('The last check was inconclusive').waitFor();

    view.set({ report: aReport(), state: initialState });
    await page.getByRole('heading', { level: 1, name: 'Consistent' }).waitFor();
    expect(await page.getByRole('region', { name: 'Open incident' }).count()).toBe(0);
    expect(await page.evaluate('window.stayed')).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('says so when the monitor is gone, and comes back by itself', async () => {
    const server = await serve(aView({ history }));
    const { page } = await openPage(browser, server.url);
    await page.getByRole('heading', { level: 1, name: 'Consistent' }).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await server.close();
    await page.getByRole('heading', { level: 1, name: 'No contact' }).waitFor();
    await page.getByText('connection lost').waitFor();
    expect(await page.title()).toBe('… No contact · staging · jwtcheck');
    expect(await page.locator('body').getAttribute('data-tone')).toBe('stale');
    expect(await page.evaluate(lowContrasts)).toEqual([]);
    await serve(badView(), new URL(server.url).host);
    await page.getByRole('heading', { level: 1, name: 'Inconsistent' }).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
  });

  it('does not go on showing a check that is too old', async () => {
    const { url } = await serve(aView({ freshForMs: 3000 }));
    const { page } = await openPage(browser, url);
    await page.getByRole('heading', { level: 1, name: 'Stale' }).waitFor();
    await page.getByText(/^No check has ended for \d s: the monitor runs, but it is stuck/).waitFor();
  });

  it('shows how old keys are, and how a new version spreads', async () => {
    const view = aView({ history: [...keys, ...history] });
    const { url } = await serve(view);
    const { page, complaints } = await openPage(browser, url);
    const section = page.getByRole('region', { name: 'Keys and new versions' });
    await section.getByText('2 keys in use, 2 new versions').waitFor();
    await section.getByRole('img', { name: /^version 8, .*: 2 of 3 participants so far$/ }).waitFor();
    await section.getByText('2 of 3 participants so far; half of them after 30 min.').waitFor();
    await section.getByText('Without it: c.').waitFor();
    const rows = async (name: RegExp): Promise<string[]> =>
      section.getByRole('table', { name }).getByRole('row').allInnerTexts();
    const inUse = (await rows(/^Keys in use/)).map((row) => row.replace(/\s+/g, ' ').trim());
    expect(inUse.slice(1)).toEqual([
      'version 8 00000008 reference 3 participants at least 1 h 29 min',
      'version 7 00000007 other key 1 participant 39 d 23 h',
    ]);
    expect((await rows(/^New versions/)).map((row) => row.replace(/\s+/g, ' ').trim())).toEqual([
      'Version Reached Half after All after',
      expect.stringMatching(/^version 8 .* open 2 of 3 30 min –$/),
      expect.stringMatching(/^version 7 .* complete 3 of 3 0 s 0 s$/),
    ]);
    view.set({}, aKeysRecord({ at: noon.toISOString(), keys: [aKey(8, ['secret_manager', 'a', 'b', 'c'])] }));
    await page.getByRole('radio', { name: 'Week' }).check();
    await section.getByText('1 key in use, 2 new versions').waitFor();
    await section.getByText('All 3 participants after 1 h 30 min; half of them after 30 min').waitFor();
    await section.getByText('Last: c.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('works before the first check', async () => {
    const view = aView({ report: null, lastCheck: null, nextCheckAt: null });
    const { url } = await serve(view);
    const { page, complaints } = await openPage(browser, url);
    await page.getByRole('heading', { level: 1, name: 'Waiting' }).waitFor();
    await page.getByText('nothing was checked').waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds one of a thousand', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `service_${index}`);
    const report = aReport({
      participants: names.map((name) => aParticipant(name)),
      attempts: names.flatMap((name) => goodAttempts(name)),
    });
    const { url } = await serve(aView({ report }));
    const { page } = await openPage(browser, url);
    const table = page.getByRole('table', { name: /^Every participant/ });
    await page.getByText('25 of 1,000 participants').waitFor();
    expect(await table.getByRole('row').count()).toBe(26);
    await page.getByRole('searchbox', { name: 'Find' }).first().fill('service_987');
    await page.getByText('1 of 1,000 participants').waitFor();
    expect(await table.getByRole('rowheader').allTextContents()).toEqual(['service_987verifier']);
    await page.getByRole('searchbox', { name: 'Find' }).first().fill('');
    await page.getByRole('button', { name: 'Show all 1,000' }).first().click();
    expect(await table.getByRole('row').count()).toBe(1001);
  });
});

describe('what services send', () => {
  const hostile = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    "javascript:alert('1')",
    '\u202eevil\u0000\u001b[31m',
    'x'.repeat(5000),
  ];
  it.each(hostile.map((name) => [JSON.stringify(name.slice(0, 30)), name] as const))(
    'is text and nothing else: %s',
    async (_, name) => {
      const report = drifted(name, `${name} is wrong`);
      const { url } = await serve(badView(report));
      const { page, requests, complaints } = await openPage(browser, url, {
        viewport: { width: 320, height: 640 },
      });
      await page.getByRole('heading', { level: 1, name: 'Inconsistent' }).waitFor();
      await page.getByRole('region', { name: 'Open incident' }).waitFor();
      expect(complaints).toEqual([]);
      expect(
        requests.filter((request) => !request.startsWith(`${url}/`) && !request.startsWith('data:')),
      ).toEqual([]);
      expect(await page.locator('main img, main script, main a').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    },
  );

  it('could not become markup or a script even if the page made a mistake', async () => {
    const { url } = await serve(badView());
    const { page } = await openPage(browser, url);
    const markup = `(() => { try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (e) { return e.name; } })()`;
    expect(await page.evaluate(markup)).toBe('TypeError');
    const tried = `new Promise((done) => {
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
    })`;
    expect(await page.evaluate(tried)).toBe('img-src');
  });
});

describe('for everybody', () => {
  it.each([
    [320, 'light'],
    [320, 'dark'],
    [390, 'dark'],
    [800, 'light'],
    [2560, 'dark'],
  ] as const)('it fits %d pixels in %s colours that can be read', async (width, colorScheme) => {
    const report = drifted();
    const { url } = await serve(aView({ report, state: incidentOf(report), history: [...keys, ...history] }));
    const { page } = await openPage(browser, url, { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('img', { name: /^The last 24 hours/ }).waitFor();
    await page.getByRole('img', { name: /^version 8/ }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(lowContrasts)).toEqual([]);
  });

  it('is dark where people want it dark', async () => {
    const { url } = await serve(badView());
    const background = 'getComputedStyle(document.body).backgroundColor';
    const light = await openPage(browser, url);
    const dark = await openPage(browser, url, { colorScheme: 'dark' });
    expect(await light.page.evaluate(background)).toBe('rgb(244, 245, 247)');
    expect(await dark.page.evaluate(background)).toBe('rgb(15, 19, 24)');
  });

  it('nothing moves where people want no motion', async () => {
    const { url } = await serve(badView());
    const { page } = await openPage(browser, url, { reducedMotion: 'reduce' });
    const moving = `[...document.querySelectorAll('*')].filter((e) => {
      const { transitionDuration, animationName } = getComputedStyle(e);
      return transitionDuration !== '0s' || animationName !== 'none';
    }).length`;
    expect(await page.evaluate(moving)).toBe(0);
  });

  it('has landmarks, headings, and names for all that can be used', async () => {
    const { url } = await serve(badView());
    const { page } = await openPage(browser, url);
    await page.getByRole('img', { name: /^The last 24 hours/ }).waitFor();
    for (const landmark of ['banner', 'main', 'contentinfo', 'navigation'] as const)
      expect(await page.getByRole(landmark).count(), landmark).toBe(1);
    expect(await page.getByRole('heading').allTextContents()).toEqual([
      'Inconsistent',
      'Open incident',
      'backend_service holds the secret with a newline at its end.',
      'Timeline',
      'Who holds which secret',
      'Who accepts whose token',
      'How long answers take',
      'Keys and new versions',
    ]);
    expect(await page.locator('table').count()).toBe(await page.locator('table > caption').count());
    expect(await page.locator('th:not([scope])').count()).toBe(0);
    for (const role of ['button', 'link', 'radio', 'img', 'table', 'region'] as const) {
      const all = await page.getByRole(role).count();
      expect(all, role).toBeGreaterThan(0);
      expect(await page.getByRole(role, { name: /\S/ }).count(), role).toBe(all);
    }
  });

  it('can be used by keyboard alone', async () => {
    const { url } = await serve(badView());
    const { page } = await openPage(browser, url);
    await page.getByRole('img', { name: /^The last 24 hours/ }).waitFor();
    const focused: string[] = [];
    const active = `(() => {
      const { activeElement: e } = document;
      const seen = e.matches(':focus-visible') && (getComputedStyle(e).outlineStyle !== 'none' || e.matches('input'));
      return (seen ? '' : 'not seen: ') + (e.getAttribute('aria-label') ?? e.value ?? e.textContent);
    })()`;
    for (let tab = 0; tab < 10; tab += 1) {
      await page.keyboard.press('Tab');
      focused.push(String(await page.evaluate(active)));
    }
    expect(focused).toEqual([
      'Skip to the verdict',
      expect.stringMatching(/^Copy the command printf/),
      '24h',
      'Incidents',
      'Every participant; what is wrong comes first',
      'Tokens by signer and by probe; what is wrong comes first',
      'report.json',
      'history.json',
      'metrics',
      expect.anything(),
    ]);
    await page.getByRole('radio', { name: 'Day' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('img', { name: /^The last 7 days/ }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('img', { name: /^The last hour: 100 % of 60 checks/ }).waitFor();
  });
});
