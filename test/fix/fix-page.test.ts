import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { id, newKey, oldKey, openFixScene, restarted } from './fix-scene.js';

const path = resolve(import.meta.dirname, '../../docs/fix.md');

/** What differs from run to run. */
const normalized = (text: string, hash: string): string =>
  text
    .replace(/^ +Secret Manager.*emulator.*\n/m, '')
    .replaceAll(hash, '3f9a0c2b71e4d8655c07b1e9')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d(?=\s+UTC)/g, '2026-01-31 12:00')
    .replace(/[ \t]+$/gm, '')
    .trim();

it('shows what the command really prints; `npx vitest run test/fix/fix-page.test.ts -u` writes it anew', async () => {
  const scene = await openFixScene();
  const outputs = new Map<string, string>();
  try {
    const stale = await scene.serve(oldKey);
    const program = ['kubectl', 'rollout', 'restart', 'deployment/auth'];
    // A program of this name in the folder calls the service.
    const { chmod, mkdir, writeFile } = await import('node:fs/promises');
    await mkdir(resolve(scene.folder, 'bin'));
    const [, , , script = '', ...args] = stale.rollout.run;
    const text = `#!/usr/bin/env bash\nset -- ${args.slice(1).join(' ')}\n${script}\n`;
    await writeFile(resolve(scene.folder, 'bin/kubectl'), text);
    await chmod(resolve(scene.folder, 'bin/kubectl'), 0o755);
    const env = { PATH: `${resolve(scene.folder, 'bin')}:${process.env.PATH}` };
    scene.participants = {
      auth_service: restarted(stale, { role: 'issuer', rollout: { run: program } }),
      legacy_service: restarted(await scene.serve('a-key-of-its-own-that-nobody-knows'), {
        rollout: undefined,
      }),
    };
    const hash = await scene.hash();
    const show = async (
      name: string,
      flags: Parameters<typeof scene.fix>[0],
      args: string,
    ): Promise<void> => {
      const { stdout } = await scene.fix(flags, { env });
      outputs.set(name, `$ jwtcheck fix${args}\n${normalized(stdout, hash)}\n`);
    };
    await show('plan', {}, '');
    await show('done', { apply: hash }, ' --apply 3f9a0c2b71e4d8655c07b1e9');
    stale.keys.fill(oldKey);
    scene.manager.store.add(id, `${newKey}-3`);
    await show('refused', { apply: hash }, ' --apply 3f9a0c2b71e4d8655c07b1e9');
  } finally {
    await scene.close();
  }
  const page = await readFile(path, 'utf8');
  const shown = page.replace(/^```text (\w+)\n[\s\S]*?^```$/gm, (block, name: string) => {
    const output = outputs.get(name);
    // Only the first lines say something new.
    const lines = name === 'refused' ? `${output?.split('\n').slice(0, 3).join('\n')}\n` : output;
    return output === undefined ? block : `\`\`\`text ${name}\n${lines}\`\`\``;
  });
  await expect(shown).toMatchFileSnapshot(path);
});
