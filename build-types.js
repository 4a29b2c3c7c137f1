// Writes the declarations of the package: one file for each entry, which needs no other package to be installed.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const tsc = join(import.meta.dirname, 'node_modules/typescript/bin/tsc');
const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-types-'));
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', folder], {
    stdio: 'inherit',
  });
  await writeFile(join(folder, 'public-config.d.ts'), await configuration());
  // What users write is told by the JSON Schema, with its descriptions; the type that is inferred from zod needs zod.
  const inferred = './config/schema.js';
  for (const name of ['index', 'check/api-options']) {
    const path = join(folder, `${name}.d.ts`);
    const declarations = await readFile(path, 'utf8');
    if (!declarations.includes(inferred)) throw new Error(`${name} does not import ${inferred} any more`);
    await writeFile(path, declarations.replaceAll(inferred, './public-config.js'));
  }
  const index = join(folder, 'index.d.ts');
  await write('index', await rolled(index), await import('./dist/index.js'));
  const endpoint = join(folder, 'endpoint/index.d.ts');
  await write('endpoint', await rolled(endpoint), await import('./dist/endpoint.js'));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The type of a configuration. */
async function configuration() {
  const schema = JSON.parse(await readFile('dist/schema.json', 'utf8'));
  const text = await compile({ ...schema, title: 'Config' }, 'Config', {
    bannerComment: '',
    additionalProperties: false,
    style: { singleQuote: true, printWidth: 110 },
  });
  // The schema defines one and the same recursive type wherever it is used.
  const [first = '', ...others] = text.match(/export type _Schema\d+ =[^;]*;[^;]*;\n/g) ?? [];
  return others
    .reduce((rest, one) => rest.replace(one, ''), text)
    .replace(first, `/** Any JSON value. */\n${first}`)
    .replaceAll(/\b_Schema\d+\b/g, 'JsonData');
}

async function rolled(input) {
  const bundle = await rollup({ input, plugins: [dts()], onLog: () => {} });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  return output[0].code;
}

/** Constants that are there as types only are no exports of the module. */
async function write(name, code, module) {
  const foreign = /^(?:import|export) .*from '(?!node:)/m.exec(code);
  if (foreign !== null) throw new Error(`the declarations of ${name} need another package: ${foreign[0]}`);
  const onlyTypes = [];
  const text = code.replace(/^export \{ (.*) \};$/m, (_, names) => {
    const all = names.split(', ');
    onlyTypes.push(...all.filter((one) => !(one in module)));
    return `export { ${all.filter((one) => one in module).join(', ')} };`;
  });
  const types = onlyTypes.length === 0 ? '' : `export type { ${onlyTypes.join(', ')} };\n`;
  await writeFile(`dist/${name}.d.ts`, `${text}${types}`);
}
