import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** Beside this module, in the sources as in the package. */
const file = new URL('./public-secrets.br', import.meta.url);

/**
 * The secrets of the public list, each a text in which a character stands for a byte. Read only to find the one that
 * signed a token.
 * @throws Error where the file, which is part of the package, cannot be read
 */
export async function publicSecretTexts(): Promise<readonly string[]> {
  const text = await promisify(brotliDecompress)(await readFile(file));
  return text.toString('latin1').split('\n');
}
