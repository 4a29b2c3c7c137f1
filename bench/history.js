import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build } from 'esbuild';
import { byTurns, report, run } from './measure.js';

const limitMs = 1000;

/** A week of history, 10,080 checks of 20 participants: `jwtcheck history` beside reading and parsing the same lines. */
export async function history(folder) {
  const path = join(folder, 'history.ndjson');
  const { weekOfHistory } = await generator();
  await pipeline(linesOf(weekOfHistory({ until: new Date() })), createWriteStream(path));
  const ours = ['bin/jwtcheck.js', 'history', '--history', path, '--since', '8d', '-f', 'json'];
  const theirs = [
    '-e',
    `let n = 0;
     for (const line of require('fs').readFileSync(process.argv[1], 'utf8').split('\\n'))
       if (line !== '') n += JSON.parse(line).participants?.length ?? 0;
     console.log(n)`,
    path,
  ];
  const result = await byTurns(
    7,
    () => timed(ours, '"total": 10080'),
    () => timed(theirs, '201600'),
  );
  const megabytes = ((await stat(path)).size / 1e6).toFixed(0);
  report(`a week of history (${megabytes} MB); node -e JSON.parse`, result, 2);
  const within = result.ours < limitMs ? 'under a second' : 'OVER a second';
  console.log(`a week of history, 10,080 checks of 20: ${(result.ours / 1000).toFixed(2)} s, ${within}`);
  if (result.ours >= limitMs) process.exitCode = 1;
}

async function timed(args, expected) {
  const done = await run(process.execPath, args);
  if (done.code !== 0 || !done.stdout.includes(expected))
    throw new Error(`exit code ${done.code}: ${done.stdout.slice(0, 300)}${done.stderr}`);
  return done.ms;
}

function* linesOf(records) {
  for (const record of records) yield `${JSON.stringify(record)}\n`;
}

/** What the tests make weeks with is TypeScript. */
async function generator() {
  const { outputFiles } = await build({
    entryPoints: ['test/support/week-of-history.ts'],
    bundle: true,
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
