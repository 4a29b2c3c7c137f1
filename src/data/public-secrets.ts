import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { DigestList } from './digest-list.js';

/** A list of published secrets, with a name that fits into a sentence. */
export interface PublishedList extends DigestList {
  readonly name: string;
}

/** Secrets that were published. Both files are in the folder of this module, in the sources and in the package. */
export const publicSecrets: PublishedList = {
  name: 'wallarm/jwt-secrets, a public list',
  file: new URL('./public-secrets.bin', import.meta.url),
  digits: 12,
  count: 103_781,
};

/** Placeholders in the style of templates and tutorials, composed of their usual words. */
export const placeholderPhrases: PublishedList = {
  name: 'templates and tutorials, as a placeholder',
  file: new URL('./placeholder-phrases.bin', import.meta.url),
  digits: 10,
  count: 126_315,
};

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
