// Writes the digests of published secrets that are long enough to pass for good ones into every endpoint kit.
// node scripts/published-digests.js [--check]
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const list = JSON.parse(readFileSync(new URL('src/data/published-secrets.json', root), 'utf8'));

/** Shorter keys are hidden for their length already; 12 hex digits meet by chance once in 280 million million. */
const digests = list
  .map(({ value }) => value)
  .filter((value) => Buffer.byteLength(value) >= 32)
  .map((value) => createHash('sha256').update(value).digest('hex').slice(0, 12))
  .sort();

/** In each language: the file, and how its lines of digests begin and end. */
const kits = [
  ['src/endpoint/published-digests.ts', "  '", "',"],
  ['integrations/python-fastapi/jwtcheck_endpoint.py', '    "', '",'],
  ['integrations/python-flask/jwtcheck_endpoint.py', '    "', '",'],
  ['integrations/go/jwtcheck.go', '\t\t"', ' " +'],
  ['integrations/java/JwtFingerprint.java', '            + "', ' "'],
];

const check = process.argv.includes('--check');
let stale = false;
for (const [path, before, after] of kits) {
  const url = new URL(path, root);
  const text = readFileSync(url, 'utf8');
  const lines = [];
  for (let at = 0; at < digests.length; at += 7) lines.push(digests.slice(at, at + 7).join(' '));
  const body = lines.map((line) => `${before}${line}${after}`).join('\n');
  const next = text.replace(
    /(published digests begin[^\n]*\n)[\s\S]*?([^\n]*published digests end)/,
    (_, begin, end) => `${begin}${body}\n${end}`,
  );
  if (next === text) continue;
  stale = true;
  if (check) process.stderr.write(`${path} is not up to date: node scripts/published-digests.js\n`);
  else writeFileSync(url, next);
}
process.exitCode = check && stale ? 1 : 0;
