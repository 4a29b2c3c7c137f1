import fc from 'fast-check';

/**
 * The same random cases in every run, so that a failure is reproducible; others with JWTCHECK_TEST_SEED. Every failure
 * prints how to reproduce it.
 */
export const seed = Number(process.env.JWTCHECK_TEST_SEED ?? 20_260_131);
fc.configureGlobal({ seed });

/** Whether a test runs all of its cases: in CI on one version of Node, and in the integration tests. */
const isFull = process.env.JWTCHECK_TEST_RUNS === 'full';

/**
 * The number of runs of a random test: all with JWTCHECK_TEST_RUNS=full, otherwise as many as a quick run of all tests
 * has time for.
 */
export const runs = (full: number, quick = Math.ceil(full / 5)): number => (isFull ? full : quick);

/** An evenly spread part of a list in a quick run; all of it in a full one. */
export const some = <T>(all: readonly T[], quick: number): T[] =>
  all.filter((_, index) => isFull || index % Math.ceil(all.length / quick) === 0);

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, for `unit` of fc.string. The unit `binary` yields the same ones, but makes a table of all of
 * them in every process, which takes a second.
 */
export const anyCharacter = fc
  .nat(0x10ffff - surrogates.count)
  .map((code) => String.fromCodePoint(code < surrogates.first ? code : code + surrogates.count));
