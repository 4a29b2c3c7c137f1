// Makes src/data/placeholder-phrases.bin from the words of placeholder-words.js:
//   node scripts/placeholder-phrases.js [FILE]
// The file's format: src/data/README.md.
import { writeFileSync } from 'node:fs';
import { digestList } from './digest-list.js';
import { placeholderPhrases } from './placeholder-words.js';

const bytesEach = 5;
const target = process.argv[2] ?? new URL('../src/data/placeholder-phrases.bin', import.meta.url);

const { list, count } = digestList(placeholderPhrases(), bytesEach);
writeFileSync(target, list);
process.stdout.write(`${count} digests of ${bytesEach} bytes\n`);
