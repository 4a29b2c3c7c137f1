import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationPage } from '../../src/config/configuration-page.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';

describe('docs/configuration.md', () => {
  it('says what the schema says; `npx vitest run test/docs/configuration.test.ts -u` writes it anew', async () => {
    await expect(configurationPage()).toMatchFileSnapshot('../../docs/configuration.md');
  });

  it('has a meaning and an example for every key', () => {
    const rows = configurationPage().match(/^\| `.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(120);
    for (const row of rows) {
      const [, , meaning = '', , example = ''] = row.split(/(?<!\\)\|/).map((part) => part.trim());
      expect([row, meaning === '', example === '']).toEqual([row, false, false]);
    }
  });
});

/** Whole configurations stay; a piece is put where the page says that it goes. */
function whole(piece: object): Config {
  const participants = { a: { source: { kind: 'pinned', fingerprint: '11111111' } } };
  const full =
    'environments' in piece
      ? piece
      : 'participants' in piece
        ? { environments: { staging: piece } }
        : { ...piece, environments: { staging: { participants } } };
  return JSON.parse(JSON.stringify(full));
}

describe('docs/cookbook.md', () => {
  const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8');
  const pieces = [...page.matchAll(/^### .*$|^## (.*)$|```json\n([\s\S]*?)```/gm)];
  let title = '';
  const named = pieces.flatMap(([, heading, json]): [string, string][] => {
    title = heading ?? title;
    return json === undefined ? [] : [[title, json]];
  });

  it.each(named)('is right about %s', async (_, json) => {
    const config = whole(JSON.parse(json));
    const env = { E2E_KEY: 'x' };
    for (const environment of Object.keys(config.environments)) {
      const loaded = await loadConfig({ config, cwd: '/', env, environment });
      expect(loaded.environment).toBe(environment);
    }
  });

  it('covers what people ask for', () => {
    expect(named).toHaveLength(15);
    for (const word of [
      'Refresh tokens',
      'Roles',
      'Proxies',
      'Replicas',
      'Vault',
      'AWS',
      'Azure',
      '1Password',
      'sops',
      'Kubernetes',
      'JWE',
      'gRPC',
      'MQTT',
    ])
      expect(page).toContain(word);
  });
});
