import fc from 'fast-check';
import { loadConfig } from '../../../src/config/load.js';
import type { Config } from '../../../src/config/schema.js';
import { openDelivery } from '../../../src/monitor/delivery/delivery.js';
import { recipientsOf } from '../../../src/monitor/delivery/recipients.js';
import { openNetwork } from '../../../src/observe/network/open.js';
import { event } from '../../support/events.js';
import type { TestServer } from '../../support/http-server.js';
import { runCommand } from '../support/command.js';
import {
  isSuccess,
  type Kind,
  mustBeDelivered,
  plainStatus,
  type Told,
  type Try,
} from '../support/delivery-oracle.js';
import { longestPause } from '../support/longest-pause.js';
import { mustBeHarmless, mustCommandNothing, mustHoldNoSecret, SeenLines } from '../support/oracles.js';
import { startRawServer } from '../support/raw-server.js';
import { scripts } from '../support/scripts.js';
import { must, type Target } from '../support/target.js';
import type { Script } from '../support/wire.js';

/*
 * Whatever notifiers answer, through the queue of the monitor and through `watch --test-notify`:
 *
 * - no event is lost: each is sent, given up or still waiting, and nothing else;
 * - one counts as sent only after a 2xx, and as given up only after a 4xx that does not say "later";
 * - none is sent again after that, nor before the one that came before it is settled (what Alertmanager wants repeated
 *   aside);
 * - no two tries come close together, whatever `Retry-After` says;
 * - of the URL, of keys and of headers, no eight characters can be read back from any reason or line;
 * - `--test-notify` ends with 0 only where everything was answered by 2xx, otherwise with 3, and what it prints acts upon
 *   no terminal and no pipeline.
 */

interface Case {
  readonly mode: 'queue' | 'test';
  /** What each answers: the first time, the second time and so on, the last one for ever. */
  readonly notifiers: readonly { readonly kind: Kind; readonly answers: readonly Script[] }[];
  readonly events: number;
}

const ok: Script = {
  status: 'HTTP/1.1 200 OK',
  headers: [],
  body: { is: 'text', text: 'ok' },
  framing: 'length',
  end: 'close',
};

const statuses = fc.constantFrom(200, 202, 204, 301, 307, 400, 401, 403, 404, 408, 413, 425, 429, 500, 503);
const waits = fc.constantFrom(
  '0',
  '1',
  '00',
  '-1',
  '1.5',
  '1e9',
  '999999999',
  '9999999999',
  'soon',
  '',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Xxx, 99 Foo',
  '0x10',
  '\u0661',
);

/** Statuses that notifiers answer, with `Retry-After`. */
const limits: fc.Arbitrary<Script> = fc
  .tuple(statuses, fc.option(waits), scripts)
  .map(([status, wait, { body, headers }]) => ({
    status: `HTTP/1.1 ${status} X`,
    headers: wait === null ? headers : [['retry-after', { is: 'text', text: wait }]],
    body,
    framing: status === 204 ? 'none' : 'length',
    end: 'close',
  }));

const inputs: fc.Arbitrary<Case> = fc.record({
  mode: fc.constantFrom('queue', 'queue', 'test'),
  notifiers: fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>('slack', 'pagerduty', 'alertmanager', 'webhook'),
      answers: fc
        .array(fc.oneof(scripts, limits, limits), { minLength: 1, maxLength: 3 })
        .chain((answers) => fc.boolean().map((ends) => (ends ? [...answers, ok] : answers))),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  events: fc.integer({ min: 1, max: 3 }),
});

const variables = {
  PATH_PART: 'T7gX-qZ4.vB9_kW2/B8mR~cN5yH3',
  ROUTING: 'r8Kd93nQx72LmZp04VtYb51HcWs6Ge',
  SIGNING: 'sN6"<hD&2+yU/ä%vK9=bP1?wC4 fJ',
  HEADER: 'uA5-eX1.oM8_iL3~zG7',
};

function settingsOf(kind: Kind, url: string): NonNullable<NonNullable<Config['watch']>['notify']>[number] {
  const headers = { authorization: `Bearer \${HEADER}` };
  // Far longer than a server here is late.
  const timeout = '3s';
  switch (kind) {
    case 'slack':
      return { kind, url: `${url}/\${PATH_PART}`, timeout };
    case 'pagerduty':
      return { kind, url, routingKey: `\${ROUTING}`, timeout };
    case 'alertmanager':
      return { kind, url, headers, timeout };
    case 'webhook':
      return { kind, url: `${url}/\${PATH_PART}`, headers, signingSecret: `\${SIGNING}`, timeout };
  }
}

/** So long the queues run: time for a second and a third try. Milliseconds. */
const runMs = 3500;

export const notifiers: Target<Case> = {
  name: 'notifiers',
  cases: 60,
  lanes: 20,
  inputs,
  open: async () => {
    const seen = new SeenLines();
    /** What a configuration does not name, the program cannot know. */
    const secretsIn = (config: Config): string[] =>
      Object.entries(variables).flatMap(([name, value]) =>
        JSON.stringify(config).includes(`{${name}}`) ? [value] : [],
      );
    const lasting = openNetwork({ env: {}, folder: '/', retries: 0 });
    const network = lasting.forCheck(new AbortController().signal);

    /** A server of its own for each: what one leaves on a connection is not for another. */
    const serve = (answers: readonly Script[], tries: Try[]): Promise<TestServer> => {
      let isTidy = true;
      return startRawServer(async ({ head, body }) => {
        const script = answers[Math.min(tries.length, answers.length - 1)] ?? ok;
        const event = Number(/(?:fuzz\/|env)(\d+)/.exec(body)?.[1] ?? -1);
        tries.push({ event, at: performance.now(), status: isTidy ? plainStatus(script) : null });
        // What comes after an answer that did not end may be read as a part of it.
        isTidy &&= script.end !== 'hang' && script.end !== 'keep';
        const { PATH_PART, ROUTING, SIGNING } = variables;
        const from = { token: ROUTING, head, body, secret: SIGNING, variable: PATH_PART, fingerprint: '' };
        return { script, from };
      });
    };

    const runTest = async (_: Case, config: Config, tries: readonly Try[][]): Promise<void> => {
      const files = { '.jwtcheckrc.json': JSON.stringify(config) };
      const { code, outputs, stderr } = await runCommand({
        args: ['watch', '--test-notify'],
        files,
        env: variables,
      });
      must(code === 0 || code === 3, () => `exit code ${code}: ${stderr}`);
      for (const [where, text] of Object.entries(outputs)) {
        mustBeHarmless(where, text);
        mustCommandNothing(where, text);
      }
      mustHoldNoSecret(outputs, secretsIn(config), seen);
      const refused = tries.flat().find(({ status }) => status !== null && !isSuccess(status));
      must(code === 3 || refused === undefined, () => `exit code 0 after ${refused?.status}`);
    };

    const runQueue = async (input: Case, config: Config, tries: readonly Try[][]): Promise<void> => {
      const { settings, label, scrub } = await loadConfig({ config, cwd: '/', env: variables, watch: true });
      const around = { network, now: () => new Date(), label, scrub, intervalMs: 60_000 };
      const recipients = recipientsOf(settings.watch.notify, around);
      const told: Told = { settled: new Map(), pending: new Set() };
      const again: string[] = [];
      const reasons: string[] = recipients.map(({ target, name }) => `${name} ${target}`);
      const longest = longestPause();
      const delivery = openDelivery({
        recipients,
        unsent: [],
        open: [],
        random: () => 0,
        onSettled: ({ id }, name, settlement) => {
          const key = `${name} ${id}`;
          if (told.settled.has(key)) again.push(key);
          told.settled.set(key, settlement);
          reasons.push(settlement.reason ?? '');
        },
        onFailed: (_, name, reason) => reasons.push(`${name}: ${reason}`),
        onChange: () => Promise.resolve(),
      });
      const events = Array.from({ length: input.events }, (_, index) =>
        event('drift-detected', { incident: `fuzz/${index}`, environment: `env${index}`, links: undefined }),
      );
      for (const one of events) delivery.add({ event: one, urgency: 'EMERGENCY' });
      await new Promise((resolve) => setTimeout(resolve, runMs));
      for (const { event: one, to } of delivery.pending())
        for (const name of to) told.pending.add(`${name} ${one.id}`);
      delivery.close();
      must(again.length === 0, () => `settled twice: ${again.join(', ')}`);
      mustHoldNoSecret({ reasons: reasons.join('\n') }, secretsIn(config), seen);
      // A server that was late has answered nobody.
      if (longest() > 300) return;
      for (const [index, { name, kind }] of recipients.entries())
        mustBeDelivered(kind, tries[index] ?? [], told, name, events);
    };

    return {
      async run(input) {
        const tries = input.notifiers.map((): Try[] => []);
        const servers = await Promise.all(
          input.notifiers.map(({ answers }, index) => serve(answers, tries[index] ?? [])),
        );
        const participants = { a: { source: { kind: 'pinned' as const, fingerprint: '11111111' } } };
        const notify = input.notifiers.map(({ kind }, index) => ({
          ...settingsOf(kind, servers[index]?.origin ?? ''),
          name: `n${index}`,
        }));
        try {
          await (input.mode === 'test' ? runTest : runQueue)(
            input,
            { watch: { notify }, environments: { staging: { participants } } },
            tries,
          );
        } finally {
          await Promise.all(servers.map((server) => server.close()));
        }
      },
      close: () => lasting.close(),
    };
  },
};
