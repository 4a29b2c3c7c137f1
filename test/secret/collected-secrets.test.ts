import { expect, it } from 'vitest';
import { CollectedSecrets } from '../../src/secret/collected-secrets.js';
import { Secret } from '../../src/secret/secret.js';

it('removes secrets that were added later, in every spelling', () => {
  const known = new CollectedSecrets([new Secret('first-secret-of-all')]);
  const text = 'got first-secret-of-all and ELVET-LANTERN';
  expect(known.scrub(text)).toBe('got [secret] and ELVET-LANTERN');
  known.add([new Secret('harbour-velvet-lantern-copper')]);
  known.add([new Secret('harbour-velvet-lantern-copper')]);
  expect(known.scrub(text)).toBe('got [secret] and [secret]');
  expect(known.scrub(Buffer.from('x velvet-lantern').toString('hex'))).not.toContain('76656c766574');
});
