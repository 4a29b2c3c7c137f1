import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the certificates that `make.sh` in it makes. */
export const certificateFolder = fileURLToPath(new URL('./certificates', import.meta.url));

export type Certificate = 'server' | 'expired' | 'future' | 'other-host' | 'self-signed' | 'client';

const read = (name: string): string => readFileSync(`${certificateFolder}/${name}`, 'utf8');

/** Certificate and key for a test server. */
export function pair(name: Certificate): { cert: string; key: string } {
  return { cert: read(`${name}.pem`), key: read('leaf.key') };
}

/** The authority that signed all of them except `self-signed`. */
export function authority(): string {
  return read('ca.pem');
}

/** The RSA key of a service account. To generate one takes most of a second. */
export function serviceAccountKey(): string {
  return read('service-account.key');
}
