import { createHash } from 'node:crypto';

/**
 * The first bytes of SHA-256 over each secret, in ascending order, each once.
 * @param {Iterable<string | Buffer>} secrets
 * @param {number} bytesEach
 */
export function digestList(secrets, bytesEach) {
  const digests = [...secrets].map((secret) =>
    createHash('sha256').update(secret).digest().subarray(0, bytesEach),
  );
  const distinct = digests
    .sort(Buffer.compare)
    .filter((one, index, all) => index === 0 || !one.equals(all[index - 1]));
  return { list: Buffer.concat(distinct), count: distinct.length };
}
