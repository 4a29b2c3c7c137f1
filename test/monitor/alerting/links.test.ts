import { describe, expect, it } from 'vitest';
import { linksOf } from '../../../src/monitor/alerting/links.js';
import { alertsOf } from '../../../src/notify/alertmanager.js';
import { messageOf } from '../../../src/notify/slack.js';
import { event } from '../../support/events.js';

const settings = {
  externalUrl: 'https://monitor.example.com/a|b>c?x=1&y=2',
  runbookUrl: 'https://wiki.example.com/jwt',
};
const { findings } = event('drift-detected');

describe('where a notification leads', () => {
  it('is the page, the runbook of its finding, and an explanation', () => {
    expect(linksOf(findings, settings)).toEqual({
      page: settings.externalUrl,
      runbook: 'https://wiki.example.com/jwt#trailing-newline',
      explain: 'jwtcheck explain trailing-newline',
    });
    expect(linksOf([], settings).runbook).toBe(settings.runbookUrl);
    expect(linksOf(findings, { ...settings, runbookUrl: 'https://w/#all' }).runbook).toBe('https://w/#all');
  });

  it('is in messages for Slack, beside the time of the event, and ends no link early', () => {
    const one = event('drift-detected', { links: linksOf(findings, settings) });
    const text = JSON.stringify(messageOf(one).blocks.at(-1));
    expect(text).toContain('<https://monitor.example.com/a%7Cb%3Ec?x=1&amp;y=2|status page>');
    expect(text).toContain('<https://wiki.example.com/jwt#trailing-newline|runbook>');
    expect(text).toContain('2026-01-31T12:01:00');
  });

  it('is in alerts', () => {
    const one = event('drift-detected', { links: linksOf(findings, settings) });
    const [alert] = alertsOf(one, null, { now: new Date(), holdMs: 1 });
    expect(alert).toMatchObject({
      generatorURL: settings.externalUrl,
      annotations: { runbook_url: 'https://wiki.example.com/jwt#trailing-newline', at: one.at },
    });
  });
});
