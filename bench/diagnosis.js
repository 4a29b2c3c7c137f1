import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { median, report, run } from './measure.js';

/** What it computes to name causes: forms, comparison, rules. Beside it stands the limit. */
export async function diagnosis(folder) {
  const bundle = join(folder, 'diagnosis.mjs');
  await build({
    entryPoints: ['bench/diagnosis-once.js'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  for (const list of ['public-secrets.bin', 'placeholder-phrases.bin'])
    await copyFile(`src/data/${list}`, join(folder, list));
  await diagnose(bundle, 'a reference and 3 that differ; the limit', [3, 'shown'], 300);
  await diagnose(bundle, '1,000 that differ and show a fingerprint; the limit', [1000, 'shown'], 2000);
  await diagnose(bundle, '1,000 that differ and hold a secret each; the limit', [1000, 'held'], 2000);
}

async function diagnose(bundle, what, args, limit) {
  const times = [];
  for (let i = 0; i < 9; i++) {
    const done = await run(process.execPath, [bundle, ...args.map(String)]);
    if (done.code !== 0) throw new Error(`the diagnosis exited ${done.code}: ${done.stderr}`);
    times.push(JSON.parse(done.stdout).ms);
  }
  report(`diagnosis of ${what}`, { ours: median(times), theirs: limit }, 1);
}
