import { describe, expect, it } from 'vitest';
import { configShow } from '../../src/commands/config.js';
import type { TokenFacts } from '../../src/judge/token-verdict.js';
import { eventFormats } from '../../src/monitor/output.js';
import { createLog } from '../../src/monitor/print/log.js';
import { json as answer } from '../../src/monitor/server/answer.js';
import { jsonLine, jsonText } from '../../src/report/json-text.js';
import { whoseJson } from '../../src/report/whose-json.js';
import { event } from '../support/events.js';
import { hostileTexts } from '../support/hostile.js';
import { anIo } from '../support/outputs.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const hostile = hostileTexts.join(' ');

/** C1 controls are commands of terminals, too: U+009B begins one. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|[\u2028\u2029]|##(?:vso)?\[/u);
}

const facts: TokenFacts = {
  environment: hostile,
  reference: null,
  rightKey: hostile,
  signer: null,
  notVerifiable: null,
  header: { alg: 'HS256', kid: hostile, typ: hostile },
  expectedAlgorithm: null,
  issuedAt: null,
  notBefore: null,
  expiresAt: null,
  now: 0,
  issuer: { comparison: 'different', configured: [hostile] },
  audience: { comparison: 'different', configured: [hostile] },
  claims: [hostile],
  unread: [],
  notAsked: [],
};

describe('whatever is printed as JSON acts upon no terminal and no pipeline', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['a document', () => jsonText({ hostile })],
    ['a line', () => jsonLine({ hostile })],
    ['an event of watch', () => eventFormats.ndjson(event('drift-detected', { summary: hostile }))],
    ['the answer of whose', () => whoseJson(facts, { verdict: 'unknown', exitCode: 3, problems: [hostile] })],
    ['an answer of the server', () => answer(200, { hostile }).body],
    [
      'the log',
      async () => {
        const { stderr } = anIo();
        await createLog('json', stderr, () => new Date(0)).info(hostile, { environment: hostile });
        return stderr.text();
      },
    ],
    [
      'the configuration',
      async () => {
        const participants = { [hostile]: { source: { kind: 'pinned', fingerprint: '11111111' } } };
        const cwd = await folder({ '.jwtcheckrc.json': { environments: { here: { participants } } } });
        const io = anIo();
        expect(await configShow({}, { ...io, cwd })).toBe(0);
        return io.stdout.text();
      },
    ],
  ])('%s', async (_, print) => {
    const text = await print();
    expectHarmless(text);
    expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(hostile).slice(1, 20));
  });
});
