import type { DigestList } from './digest-list.js';

/** A list of published secrets, and how a sentence names it. */
export interface PublishedList extends DigestList {
  readonly name: string;
}

/** Secrets that were found in the open. Both files lie beside this module, in the sources as in the package. */
export const publicSecrets: PublishedList = {
  name: 'wallarm/jwt-secrets, a public list',
  file: new URL('./public-secrets.bin', import.meta.url),
  digits: 12,
  count: 103_781,
};

/** Placeholders as templates and tutorials write them, made of the words that these use. */
export const placeholderPhrases: PublishedList = {
  name: 'templates and tutorials, as a placeholder',
  file: new URL('./placeholder-phrases.bin', import.meta.url),
  digits: 10,
  count: 126_315,
};
