import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run, RunOptions } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { needs } from '../support/needs.js';
import { expectRefusal, mistyped as value } from '../support/refusal.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const fine = {
  environments: { only: { participants: { p: { source: { kind: 'pinned', fingerprint: '11111111' } } } } },
};
const deep = 10_000;
let cwd: string;

beforeAll(async () => {
  cwd = await folder({ '.jwtcheckrc.json': fine });
});

const run = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  runHere(args, { cwd, ...options });

describe.concurrent('a configuration that is', () => {
  const nestedJson = `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`;
  it.for([
    ['missing', null, ['does not exist']],
    ['empty.json', '', ['is empty']],
    ['blank.yaml', ' \n\n', ['is empty']],
    ['binary.json', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x80]), ['not UTF-8 text']],
    ['utf16.json', Buffer.from('\ufeff{}', 'utf16le'), ['UTF-16']],
    ['large.json', Buffer.alloc(9 * 1024 * 1024, ' '), ['larger than 8 MiB']],
    ['deep.json', nestedJson, ['nested too deeply']],
    ['lists.json', '['.repeat(deep), ['line 1|nested']],
    ['deep.yaml', `${'{a: '.repeat(deep)}1${'}'.repeat(deep)}`, ['nested too deeply']],
    [
      'indented.yaml',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      ['nested too deeply'],
    ],
    ['bomb.yaml', bomb(), ['more than 100000 values']],
    ['cut.json', '{"environments": {"only": ', ['line 1, column']],
    ['cut.yaml', 'environments: {only: ', ['line 1, column']],
    ['list.json', '[]', ['an object']],
    ['text.yaml', `just ${value}`, ['an object']],
    ['html.json', '<!doctype html><p>', ['line 1, column 1']],
    ['log.yaml', '\u001b[31mred: [\u0007', [/line 1|control/]],
  ] as const)('%s', async ([name, content, words]) => {
    const own = await folder(content === null ? {} : { [name]: content });
    expectRefusal(
      await run(['-c', name], { cwd: own }),
      [name.replace('.', '\\.'), ...words].map((w) => new RegExp(w)),
    );
  });

  it('a folder', async () => {
    const own = await folder();
    await mkdir(join(own, '.jwtcheckrc.json'));
    expectRefusal(await run([], { cwd: own }), ['is a folder']);
  });

  it('nowhere', async () => {
    const own = await folder();
    expectRefusal(await run([], { cwd: own }), [
      'no configuration found',
      '.jwtcheckrc.yaml',
      'jwtcheck demo',
    ]);
  });

  it('unreadable', async (context) => {
    needs.ordinaryUser(context);
    const own = await folder({ 'own.json': fine });
    await chmod(join(own, 'own.json'), 0);
    expectRefusal(await run(['-c', 'own.json'], { cwd: own }), ['permission denied']);
  });

  it('named with control characters', async () => {
    expectRefusal(await run(['-c', '\u001b[2J\u202e\n::error::x']), ['does not exist']);
  });

  it('wrong in many places: all of them at once, each with its path', async () => {
    const own = await folder({
      '.jwtcheckrc.yaml': [
        'defaultEnviroment: staging',
        'token: { ttl: 10m, algorithm: RS256 }',
        'environments:',
        '  staging:',
        '    reference: secret_manger',
        '    participants:',
        '      secret_manager:',
        '        source: { kind: google-secret-manger, project: p, secret: s }',
        '      auth:',
        '        sorce: {}',
        '      auth: {}',
        '      other:',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration.
        '        source: { kind: http, url: "${NOT_SET}/x", samples: none, headers: { a: "${NOR_THIS}" } }',
        '      9 lives: { source: { kind: pinned, fingerprint: 123 } }',
      ].join('\n'),
    });
    for (const args of [[], ['config', 'validate']]) {
      const ended = await run(args, { cwd: own });
      expectRefusal(ended, []);
      expect(ended.stderr).toMatch(/: \d+ problems$/m);
      for (const line of [
        /^ {2}defaultEnviroment: unknown key `defaultEnviroment`; did you mean `defaultEnvironment`\?$/m,
        /^ {2}token\.ttl: .*at most 5m$/m,
        /^ {2}token\.algorithm: expected `HS256`, `HS384` or `HS512`/m,
        /^ {2}environments\.staging\.reference: .*`secret_manager`/m,
        /^ {2}environments\.staging\.participants\.secret_manager\.source\.kind: .*did you mean `google-secret-manager`\?$/m,
        /^ {2}environments\.staging\.participants\.auth: this key appears twice \(lines 9 and 11\)/m,
        /^ {2}environments\.staging\.participants\.other\.source\.url: .*NOT_SET/m,
        /^ {2}environments\.staging\.participants\.other\.source\.headers\.a: .*NOR_THIS/m,
        /^ {2}environments\.staging\.participants\.other\.source\.samples: /m,
        /^ {2}environments\.staging\.participants\["9 lives"\]\.source\.fingerprint: /m,
      ]) {
        expect(ended.stderr).toMatch(line);
      }
    }
  });

  it('hostile in its keys', async () => {
    const key = '\u001b[31m\n::error::x\u202e';
    const own = await folder({ '.jwtcheckrc.json': { ...fine, [key]: 1 } });
    const ended = await run([], { cwd: own });
    expectRefusal(ended, ['unknown key']);
    expect(ended.stderr).not.toMatch(/^\s*::|\u202e/m);
  });

  it('full of values of the wrong kind, none of which is repeated', async () => {
    const own = await folder({
      '.jwtcheckrc.json': {
        token: value,
        timeout: value,
        controls: value,
        environments: {
          only: { reference: value, participants: { p: { role: value, source: { kind: value } } } },
        },
      },
    });
    expectRefusal(await run([], { cwd: own }), [': 6 problems']);
  });
});

/** Anchors that refer to anchors: a few lines that would take all the memory there is. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++) {
    const before = Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ');
    lines.push(`a${level}: &a${level} [${before}]`);
  }
  return lines.join('\n');
}
