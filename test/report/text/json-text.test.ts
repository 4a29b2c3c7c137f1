import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../src/monitor/history/history.js';
import { json as answer } from '../../../src/monitor/server/response.js';
import { jsonLine, jsonText } from '../../../src/report/text/json-text.js';
import { event } from '../../support/events.js';
import { hostileTexts } from '../../support/hostile.js';
import { workspace } from '../../support/workspace.js';

const folder = workspace();
const hostile = hostileTexts.join(' ');

async function historyWith(summary: string): Promise<string> {
  const path = join(await folder(), 'history.ndjson');
  const history = await openHistory(path, { warn: () => {} });
  const drift = event('drift-detected', { summary });
  await history.append({ type: 'event', at: drift.at, environment: 'staging', event: drift });
  return readFile(path, 'utf8');
}

describe('JSON that is printed acts upon no terminal and no pipeline', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['a document', () => jsonText({ hostile })],
    ['a line', () => jsonLine({ hostile })],
    ['an answer of the server', () => answer(200, { hostile }).body],
    ['the history', () => historyWith(hostile)],
  ])('%s', async (_, print) => {
    const text = await print();
    // C1 controls are commands of terminals, too: U+009B begins one.
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|[\u2028\u2029]|##(?:vso|teamcity)?\[/u);
    expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(hostile).slice(1, 20));
  });
});
