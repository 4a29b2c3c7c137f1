import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addJobSummary } from '../../src/cli/commands/check/deliver.js';
import { markdown } from '../../src/report/markdown.js';
import { viewOf } from '../../src/report/view/view.js';
import { anIo } from '../support/outputs.js';
import { aFinding, aReport } from '../support/reports.js';
import { plainStyle } from '../support/style.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const limit = 1024 * 1024;

async function summary(before: string | null, report = aReport(), style = plainStyle) {
  const path = join(await folder(), 'summary.md');
  if (before !== null) await writeFile(path, before);
  const io = { ...anIo(), env: { GITHUB_STEP_SUMMARY: path } };
  await addJobSummary(viewOf(report), style, io);
  return { path, text: await readFile(path, 'utf8').catch(() => null), warned: io.stderr.text() };
}

describe('the job summary', () => {
  it('gets the report after what is there', async () => {
    const { text, warned } = await summary('before\n');
    expect(text).toBe(`before\n${markdown(viewOf(aReport()), plainStyle)}\n`);
    expect(warned).toBe('');
  });

  it('is nothing to do without the variable', async () => {
    const io = anIo();
    await addJobSummary(viewOf(aReport()), plainStyle, io);
    await addJobSummary(viewOf(aReport()), plainStyle, { ...io, env: { GITHUB_STEP_SUMMARY: '' } });
    expect(io.stderr.text()).toBe('');
  });

  it("stays within GitHub's limit: rather less than nothing, and rather nothing than too much", async () => {
    const findings = Array.from({ length: 3000 }, () => aFinding('x', { message: 'long '.repeat(150) }));
    const large = aReport({ verdict: 'inconsistent', findings });
    expect(Buffer.byteLength(markdown(viewOf(large), { ...plainStyle, verbose: true }))).toBeGreaterThan(
      limit,
    );
    const shorter = await summary(null, large, { ...plainStyle, verbose: true });
    expect(shorter.text).toContain('INCONSISTENT');
    expect((await stat(shorter.path)).size).toBeLessThanOrEqual(limit);
    const full = 'x'.repeat(limit - 10);
    const none = await summary(full);
    expect(none.text).toBe(full);
    expect(none.warned).toBe('warning: the report does not fit into the job summary\n');
  });

  it('that cannot be written is a warning', async () => {
    const path = await folder();
    await mkdir(join(path, 'there'));
    const io = { ...anIo(), env: { GITHUB_STEP_SUMMARY: join(path, 'there') } };
    await addJobSummary(viewOf(aReport()), plainStyle, io);
    expect(io.stderr.text()).toBe('warning: the job summary cannot be written (EISDIR)\n');
  });
});
