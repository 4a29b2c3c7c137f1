import { createHash } from 'node:crypto';
import { checkOnce } from '../../../src/check/session.js';
import { loadConfig } from '../../../src/config/load.js';
import type { Config } from '../../../src/config/schema.js';
import type { Report } from '../../../src/model.js';

/** The first digits of SHA-256 over a secret. */
export function fingerprint(secret: string | Buffer, length = 8): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, length);
}

/** A participant that shows a fingerprint, and never its secret. */
export function shows(secret: string | Buffer) {
  return { source: { kind: 'pinned', fingerprint: fingerprint(secret, 64) } } as const;
}

/** A whole check of a configuration, on a real network. */
export async function check(
  config: Config,
  options: { env?: Record<string, string>; cwd?: string; environment?: string } = {},
): Promise<Report> {
  const { env = {}, cwd = process.cwd(), environment = 'staging' } = options;
  const loaded = await loadConfig({ config, cwd, env, environment });
  return checkOnce(
    loaded,
    {},
    { env, now: () => new Date(), signal: new AbortController().signal, progress: () => {} },
  );
}

/** What was found, and of whom. */
export function causes(report: Report): [string, readonly string[]][] {
  return report.findings.map((f) => [f.code, f.participants]);
}
