import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/report/text/sanitize.js';
import { runHere } from '../support/here.js';
import { aCheckRecord, anEventRecord, aParticipantRecord } from '../support/monitor-records.js';
import { expectRefusal } from '../support/refusal.js';
import { weekOfHistory } from '../support/week-of-history.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const lines = (records: Iterable<unknown>) =>
  [...records].map((record) => `${JSON.stringify(record)}\n`).join('');
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const day = lines(weekOfHistory({ until: ago(0), checks: 1440, participants: 3 }));
const unset = { source: { kind: 'env', names: ['A'], fallback: `\${NOT_SET}` } };
const config = (watch: object = {}) => ({
  watch: { notify: [{ kind: 'slack', url: `\${SLACK_NOT_SET}` }], ...watch },
  environments: { staging: { participants: { a: unset } }, production: { participants: { a: unset } } },
});

describe.concurrent('jwtcheck history', () => {
  it('reads what the configuration names, without any of its variables', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': config(), '.jwtcheck/history.ndjson': day });
    const { code, stdout, stderr } = await runHere(['history', '-f', 'json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      since: null,
      environments: [
        {
          environment: 'staging',
          checks: { total: 1440, inconsistent: 20 },
          incidents: [{ kind: 'drift', status: 'resolved' }],
        },
      ],
      skippedLines: 0,
    });
  });

  it('takes the path from a variable, and does not show what was put in', async () => {
    const cwd = await folder({
      '.jwtcheckrc.json': config({ history: `\${PLACE}/h` }),
      'hidden-place/h': day,
    });
    const found = await runHere(['history'], { cwd, env: { PLACE: 'hidden-place' } });
    expect({ code: found.code, stderr: found.stderr }).toEqual({ code: 0, stderr: '' });
    const none = await runHere(['history'], { cwd, env: { PLACE: 'hidden-nowhere' } });
    expectRefusal(none, [/no history yet: \$\{PLACE\}\/h does not exist/, /jwtcheck watch writes it/]);
    expect(none.stderr).not.toContain('hidden-nowhere');
    expectRefusal(await runHere(['history'], { cwd }), [/watch\.history: .*`PLACE` is not set/]);
  });

  it('says the same at any width, and no line is wider', async () => {
    const cwd = await folder({ h: day });
    for (const COLUMNS of ['40', '80', '120']) {
      const { code, stdout } = await runHere(['history', '--history', 'h'], { cwd, env: { COLUMNS } });
      expect(code).toBe(0);
      expect(stdout).not.toContain('\u001b');
      for (const line of stdout.split('\n'))
        expect(displayWidth(line), line).toBeLessThanOrEqual(Number(COLUMNS));
      for (const word of ['staging', '98.6', 'CRITICAL', 'trailing-newline', 'service_02', '21m', 'USD'])
        expect(stdout).toContain(word);
    }
  });

  it('begins where it is asked to', async () => {
    const cwd = await folder({ h: day });
    const total = async (since: string) => {
      const { code, stdout } = await runHere(['history', '--history', 'h', '-f', 'json', '--since', since], {
        cwd,
      });
      expect(code).toBe(0);
      const { environments } = JSON.parse(stdout);
      return environments[0]?.checks.total ?? 0;
    };
    const hour = await total('1h');
    expect(hour).toBeGreaterThanOrEqual(58);
    expect(hour).toBeLessThanOrEqual(61);
    expect(await total('2w')).toBe(1440);
    expect(
      await total(
        ago(2 * 1440)
          .toISOString()
          .slice(0, 10),
      ),
    ).toBe(1440);
    expect(await total(ago(60).toISOString())).toBeLessThanOrEqual(61);
  });

  it.for([
    'yesterday',
    '7',
    '',
    '-1d',
    '1y',
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T12:00',
    '9999999w',
    '2999-01-01',
  ])('does not take --since %j', async (since) => {
    const cwd = await folder({ h: day });
    expectRefusal(await runHere(['history', '--history', 'h', `--since=${since}`], { cwd }), [
      /--since (takes|is in)/,
    ]);
  });

  it('shows one environment where that is asked for', async () => {
    const others = lines([aCheckRecord({ environment: 'production', at: ago(1).toISOString() })]);
    const cwd = await folder({ '.jwtcheckrc.json': config(), '.jwtcheck/history.ndjson': `${day}${others}` });
    const named = async (args: readonly string[], env = {}) => {
      const { stdout } = await runHere(['history', '-f', 'json', ...args], { cwd, env });
      return JSON.parse(stdout).environments.map(({ environment }: { environment: string }) => environment);
    };
    expect(await named([])).toEqual(['production', 'staging']);
    expect(await named(['-e', 'production'])).toEqual(['production']);
    expect(await named([], { JWTCHECK_ENVIRONMENT: 'staging' })).toEqual(['staging']);
    expectRefusal(await runHere(['history', '-e', 'stagin'], { cwd }), [/did you mean `staging`/]);
  });

  it('says where there is no history, and where nothing was recorded', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': config(), empty: '', broken: '{"type":\n' });
    await mkdir(join(cwd, 'directory'));
    expectRefusal(await runHere(['history'], { cwd }), [
      /no history yet: .*\.jwtcheck\/history\.ndjson/,
      /hint: jwtcheck watch/,
    ]);
    expectRefusal(await runHere(['history', '--history', 'directory'], { cwd }), [/is a folder/]);
    expectRefusal(await runHere(['history', '--history', 'empty/h'], { cwd }), [/does not exist/]);
    expectRefusal(await runHere(['history', '--history', 'empty', '-f', 'jsn'], { cwd }), [
      /did you mean `json`/,
    ]);
    const empty = await runHere(['history', '--history', 'empty'], { cwd });
    expect({ code: empty.code, stdout: empty.stdout }).toEqual({
      code: 0,
      stdout: '? nothing was recorded\n',
    });
    const broken = await runHere(['history', '--history', 'broken'], { cwd });
    expect(broken.stdout).toBe(
      '? nothing was recorded\n\n? 1 line of the history could not be read, and was skipped\n',
    );
  });

  it('is harmless, whatever names there are', async () => {
    const hostile = '\u001b[31m\u202e\n::error::x';
    const at = ago(5).toISOString();
    const records = [
      aCheckRecord({ at, environment: hostile, participants: [aParticipantRecord(hostile)] }),
      anEventRecord({
        at,
        since: at,
        environment: hostile,
        participants: [hostile, 'x'.repeat(500)],
        findings: [{ code: hostile, participants: [], message: hostile, remedy: hostile }],
        impact: { currency: hostile, mrrAtRisk: 1e300 },
      }),
      { type: 'given-up', at, environment: hostile, recipient: hostile, eventId: hostile, reason: hostile },
    ];
    const cwd = await folder({ h: lines(records) });
    for (const format of ['pretty', 'json']) {
      const { code, stdout } = await runHere(['history', '--history', 'h', '-f', format], {
        cwd,
        env: { COLUMNS: '40' },
      });
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/[^\P{C}\n]|^\s*::/mu);
      if (format === 'pretty')
        for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(40);
    }
  });
});
