import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** In the folder of this module, both in the sources and in the package. */
const file = new URL('./public-secrets.br', import.meta.url);

/**
 * The secrets of the public list, with one character for each byte. Loaded only to find the key of a token.
 * @throws Error if the file, which is part of the package, cannot be read
 */
export async function publicSecretTexts(): Promise<readonly string[]> {
  const text = await promisify(brotliDecompress)(await readFile(file));
  return text.toString('latin1').split('\n');
}
