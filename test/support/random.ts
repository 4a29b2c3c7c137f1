import fc from 'fast-check';

/**
 * The same random cases in every run, so that a failure comes back; others by JWTCHECK_TEST_SEED. Every failure prints
 * what reproduces it.
 */
fc.configureGlobal({ seed: Number(process.env.JWTCHECK_TEST_SEED ?? 20_260_131) });
