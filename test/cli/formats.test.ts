import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNames } from '../../src/report/format-names.js';
import { reporters } from '../../src/report/index.js';
import { runHere } from '../support/here.js';
import { sarifProblems, sarifRun } from '../support/sarif.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { workflowCommands } from '../support/workflow-commands.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const folder = workspace();
let service: Service;

beforeAll(async () => {
  service = await startService(`${key}\n`);
});
afterAll(() => service.close());

const aFolder = (): Promise<string> =>
  folder({ '.jwtcheckrc.json': JSON.stringify(configOf({ a_service: participant(service) }), null, 2) });

describe('the formats on the command line', () => {
  it('are all known to the help and to the error for one that there is not', async () => {
    expect(Object.keys(reporters)).toEqual([...formatNames]);
    const { stdout } = await runHere(['check', '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`${formatNames.join(', ')}; to standard output or a file`);
    const { code, stderr } = await runHere(['-f', 'junti:x.xml']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean `junit`');
    expect(stderr).toContain(formatNames.join(', '));
  });

  it('are written several at once, and the job summary beside them', async () => {
    const cwd = await aFolder();
    const files = formatNames.flatMap((name) => ['-f', `${name}:out/${name}/report`]);
    const env = { [variable]: key, GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    const { code, stdout, stderr } = await runHere(['-f', 'github', ...files], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect((await readdir(join(cwd, 'out'))).sort()).toEqual([...formatNames].sort());
    const text = (name: string): Promise<string> => readFile(join(cwd, 'out', name, 'report'), 'utf8');
    for (const name of formatNames) expect(await text(name)).toContain('trailing-newline');

    const lines = (await readFile(join(cwd, '.jwtcheckrc.json'), 'utf8')).split('\n');
    const line = lines.findIndex((each) => each.includes('"a_service": {')) + 1;
    const annotations = workflowCommands(stdout);
    expect(annotations.map(({ properties }) => [properties.file, properties.line])).toContainEqual([
      '.jwtcheckrc.json',
      `${line}`,
    ]);
    const sarif = await text('sarif');
    expect(sarifProblems(JSON.parse(sarif))).toEqual([]);
    expect(sarifRun(sarif).results[0]?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: '.jwtcheckrc.json' },
      region: { startLine: line },
    });
    const summary = await readFile(env.GITHUB_STEP_SUMMARY, 'utf8');
    expect(summary.match(/^## /gm)).toHaveLength(1);
    expect(summary).toContain('`a_service`');
  });

  it('add nothing to a job summary that was not asked for', async () => {
    const cwd = await aFolder();
    const env = { [variable]: key, GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    await runHere(['-f', 'markdown'], { cwd, env });
    expect(await readdir(cwd)).toEqual(['.jwtcheckrc.json']);
  });

  it('end as the check ends where the job summary cannot be written', async () => {
    const cwd = await aFolder();
    const env = { [variable]: key, GITHUB_STEP_SUMMARY: cwd };
    expect(await runHere(['-f', 'github'], { cwd, env })).toMatchObject({
      code: 1,
      stderr: 'warning: the job summary cannot be written (EISDIR)\n',
    });
  });
});
