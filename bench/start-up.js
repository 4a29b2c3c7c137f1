import { byTurns, report, run } from './measure.js';

/** `jwtcheck --version` beside a node that does nothing. */
export async function startUp() {
  const node = async (...args) => (await run(process.execPath, args)).ms;
  const result = await byTurns(
    31,
    () => node('bin/jwtcheck.js', '--version'),
    () => node('-e', '0'),
  );
  report('jwtcheck --version; node -e 0', result, 1.6);
}
