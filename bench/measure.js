import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Runs a command to its end. @returns milliseconds, exit code, and what it wrote */
export async function run(command, args, options = {}) {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { ms: performance.now() - started, code, stdout, stderr };
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Runs both by turns, so that a noisy machine is as noisy for one as for the other. @returns the medians */
export async function byTurns(times, ours, theirs) {
  const results = { ours: [], theirs: [] };
  for (let i = 0; i < times; i++) {
    results.theirs.push(await theirs());
    results.ours.push(await ours());
  }
  return { ours: median(results.ours), theirs: median(results.theirs) };
}

/** Starts a server process, waits for its first line. @returns the line and a function that ends it */
export async function serve(args, env) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    line,
    async end() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Prints one row of the results. */
export function report(what, { ours, theirs }, limit, unit = 'ms') {
  const ratio = ours / theirs;
  const verdict = limit === null ? '' : ratio <= limit ? `within ${limit}` : `OVER ${limit}`;
  console.log(
    `${what.padEnd(58)} ${ours.toFixed(0).padStart(6)} ${unit}  ${theirs.toFixed(0).padStart(6)} ${unit}  ratio ${ratio.toFixed(2)}  ${verdict}`,
  );
  if (limit !== null && ratio > limit) process.exitCode = 1;
}
