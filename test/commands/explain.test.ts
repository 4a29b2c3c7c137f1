import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/commands/explain/run.js';
import type { Rule } from '../../src/judge/rule.js';
import { rules } from '../../src/judge/rules/index.js';
import { displayWidth } from '../../src/report/text/sanitize.js';
import { anIo } from '../support/outputs.js';

const newline: Rule = {
  code: 'trailing-newline',
  family: 'which-bytes',
  severity: 'by-role',
  title: 'A trailing newline is part of the key',
  explanation:
    'Whoever stored the secret piped it through a program that ends its output with a line break, and one side keeps it.',
  example:
    'It was stored with:\n  echo "$SECRET" | gcloud secrets versions add jwt-secret-staging --data-file=-',
  proof: 'One side shows the fingerprint of the other side with a line break.',
  incidents: ['caddy-jwt#26'],
  remedy:
    'Store it again, without the line break:\n  printf %s "$SECRET" | gcloud secrets versions add NAME --data-file=-',
  find: () => [],
  message: () => '',
  fix: () => '',
};
const stale: Rule = {
  ...newline,
  code: 'stale-secret-version',
  family: 'which-secret',
  severity: 'warning',
  title: 'An older version of the secret is in use',
};

async function run(code: string | undefined, columns = 60, known: readonly Rule[] = [stale, newline]) {
  const io = anIo();
  const exitCode = await explain(
    { ...(code === undefined ? {} : { code }), color: false, columns },
    known,
    io,
  );
  return { exitCode, stdout: io.stdout.text(), stderr: io.stderr.text() };
}

describe('explain', () => {
  it('tells what a finding means', async () => {
    const { exitCode, stdout, stderr } = await run('trailing-newline');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "trailing-newline
      A trailing newline is part of the key

      Family:   The wrong bytes
      Severity: error; critical on an issuer

      What it means
        Whoever stored the secret piped it through a program that
        ends its output with a line break, and one side keeps it.

      Example
        It was stored with:
          echo "$SECRET" | gcloud secrets versions add jwt-secret-staging --data-file=-

      What proves it
        One side shows the fingerprint of the other side with a
        line break.

      How to fix it
        Store it again, without the line break:
          printf %s "$SECRET" | gcloud secrets versions add NAME --data-file=-

      Seen in
        caddy-jwt#26
      "
    `);
  });

  it('lists all by family', async () => {
    const { exitCode, stdout } = await run(undefined);
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "The wrong bytes
        trailing-newline      A trailing newline is part of the
                              key

      The wrong secret
        stale-secret-version  An older version of the secret is in
                              use

      jwtcheck explain CODE describes a finding and its fix.
      "
    `);
  });

  it.each([
    ['traling-newline', 'Did you mean trailing-newline?'],
    ['TRAILING_NEWLINE', 'Did you mean trailing-newline?'],
    ['xyz', 'jwtcheck explain lists all findings.'],
    ['', 'jwtcheck explain lists all findings.'],
    ['\u001b[2J', 'jwtcheck explain lists all findings.'],
  ])('does not know %j', async (code, hint) => {
    const { exitCode, stdout, stderr } = await run(code);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('\u001b');
  });

  it('shows the one finding whose code holds what was typed', async () => {
    const { exitCode, stdout } = await run('newline');
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'trailing-newline']);
    expect((await run('al')).exitCode).toBe(2);
    expect(
      (await run('newline', 60, [stale, newline, { ...newline, code: 'truncated-at-newline' }])).exitCode,
    ).toBe(2);
  });

  it('takes a code in capitals', async () => {
    expect((await run('Stale-Secret-Version')).exitCode).toBe(0);
  });

  it.each(rules.map((rule) => rule.code))('explains %s within 80 columns', async (code) => {
    const { exitCode, stdout } = await run(code, 80, rules);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toBe(code);
    for (const line of stdout.split('\n')) {
      if (!line.startsWith('   ')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    }
  });

  it('fits 40 columns', async () => {
    const { stdout } = await run(undefined, 40, rules);
    for (const line of stdout.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(40);
  });

  it('writes headings in bold where colour is wanted', async () => {
    const io = anIo();
    await explain({ color: true, columns: 80 }, [newline], io);
    expect(io.stdout.text()).toContain('\u001b[1mThe wrong bytes\u001b[22m');
  });
});
