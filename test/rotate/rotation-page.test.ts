import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { openScene } from './scene.js';

const path = resolve(import.meta.dirname, '../../docs/rotation.md');

/** What differs from run to run. */
const normalized = (text: string): string =>
  text
    .replace(/^ +Secret Manager.*emulator.*\n/m, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '5b0f6c1e-6a0c-4f0e-9a43-0f6f5f6d2c11')
    .replace(/\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-02-01$110:00:00Z')
    .replace(/(?<=You can do so\s+from )\d{4}-\d\d-\d\d/g, '2026-03-03')
    .replace(/possible in [^)]+\)/g, 'possible in 1m)')
    .replace(/[ \t]+$/gm, '')
    .trim();

it('shows what the commands really print; `npx vitest run test/rotate/rotation-page.test.ts -u` writes it anew', async () => {
  const scene = await openScene();
  const { auth, backend } = scene.participants;
  scene.participants = { auth_service: auth, backend_service: backend };
  const outputs = new Map<string, string>();
  try {
    const show = async (
      name: string,
      command: Parameters<typeof scene.rotate>[0],
      apply: boolean,
    ): Promise<void> => {
      const style = { color: false, columns: 100, verbose: false, quiet: false };
      const { stdout } = await scene.rotate(command, { apply, style });
      const line = `$ jwtcheck rotate${command === 'plan' ? '' : ` ${command}`}${apply ? ' --apply' : ''}`;
      outputs.set(name, `${line}\n${normalized(stdout)}\n`);
    };
    await show('plan', 'plan', false);
    await show('start', 'start', true);
    await show('promote', 'next', true);
    await show('drain', 'next', true);
    scene.clock.ahead += 61_000;
    await show('revoke', 'next', true);
    await show('finish', 'next', true);
  } finally {
    await scene.close();
  }
  const page = await readFile(path, 'utf8');
  const shown = page.replace(/^```text (\w+)\n[\s\S]*?^```$/gm, (block, name: string) =>
    outputs.has(name) ? `\`\`\`text ${name}\n${outputs.get(name)}\`\`\`` : block,
  );
  await expect(shown).toMatchFileSnapshot(path);
});
