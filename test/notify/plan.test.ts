import { expect, it } from 'vitest';
import { alertsOf } from '../../src/notify/alertmanager.js';
import { messageOf } from '../../src/notify/slack.js';
import { prettyEvent } from '../../src/report/pretty/event-text.js';
import { event } from '../support/events.js';

const plan = {
  hash: '3f9a0c2b71e4d8655c07b1e9',
  actions: ['Roll out auth_service: kubectl rollout restart deployment/auth'],
};
const shown = ['jwtcheck fix -e staging --apply 3f9a0c2b71e4d8655c07b1e9', 'Roll out auth_service'];

it('people see the plan of an alert', () => {
  const style = { color: false, columns: 200, verbose: false, quiet: false };
  const alert = event('drift-detected', { plan });
  const alerts = alertsOf(alert, null, { now: new Date(alert.at), holdMs: 1000 });
  const texts = [prettyEvent(alert, style), JSON.stringify(messageOf(alert)), JSON.stringify(alerts)];
  for (const text of texts) for (const part of shown) expect(text).toContain(part);
  expect(prettyEvent(event('drift-resolved', { plan }), style)).not.toContain('--apply');
});
