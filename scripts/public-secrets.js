// Makes src/data/public-secrets.bin and public-secrets.br from a list of secrets, one a line (LF or CRLF), plain or gzipped:
//   node scripts/public-secrets.js jwt.secrets.list
// Where the list comes from, and the file's format: src/data/README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { digestList } from './digest-list.js';

const bytesEach = 6;
const target = new URL('../src/data/public-secrets.bin', import.meta.url);
const texts = new URL('../src/data/public-secrets.br', import.meta.url);

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('usage: node scripts/public-secrets.js LIST\n');
  process.exit(2);
}
const raw = readFileSync(path);
// One character a byte: not every secret is UTF-8.
const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString('latin1');
const secrets = text.split(/\r?\n/).filter((line) => line !== '');
const { list, count } = digestList(
  secrets.map((secret) => Buffer.from(secret, 'latin1')),
  bytesEach,
);
writeFileSync(target, list);
const sorted = Buffer.from([...new Set(secrets)].sort().join('\n'), 'latin1');
const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
writeFileSync(texts, brotliCompressSync(sorted, { params: quality }));
process.stdout.write(`${secrets.length} secrets, ${count} digests of ${bytesEach} bytes\n`);
