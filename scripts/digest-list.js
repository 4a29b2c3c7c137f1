import { hash } from 'node:crypto';

/**
 * The first bytes of SHA-256 over each secret, in ascending order, each once.
 * @param {Iterable<string | Buffer>} secrets
 * @param {number} bytesEach
 */
export function digestList(secrets, bytesEach) {
  const digests = new Set();
  for (const secret of secrets) digests.add(hash('sha256', secret, 'hex').slice(0, bytesEach * 2));
  return { list: Buffer.from([...digests].sort().join(''), 'hex'), count: digests.size };
}
