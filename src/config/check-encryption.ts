import type { JsonValue } from '../model.js';
import { emulatorVariable, parseEndpoint } from '../observe/sources/google-endpoint.js';
import type { Checked } from './check-names.js';
import { at, entriesOf, isList, type Path, type Problem } from './path.js';
import { allowEmulatorVariable } from './trust-variables.js';
import { isLoopback, parseUrl } from './url.js';

/**
 * Tokens and fingerprints travel over TLS or stay on this machine: a plain `http:` or `ws:` URL to another host is a
 * problem. Only for a fingerprint may `allowInsecure` be set: whoever reads a token on the way can use it.
 */
export function checkEncryption(
  checked: Checked,
  env: Readonly<Record<string, string | undefined>>,
  environments: readonly string[] | 'all',
): Problem[] {
  const problems: Problem[] = [];
  let usesSecretManager = false;
  for (const [environment, body] of entriesOf(at(checked.tree, ['environments']))) {
    const isUsed = environments === 'all' || environments.includes(environment);
    for (const [name, participant] of entriesOf(at(body, ['participants']))) {
      const path = ['environments', environment, 'participants', name];
      const source = at(participant, ['source']);
      if (at(source, ['kind']) === 'google-secret-manager') {
        if (isUsed) usesSecretManager = true;
        problems.push(...checkEndpoint([...path, 'source', 'endpoint'], checked));
      } else problems.push(...checkUrl([...path, 'source'], source, 'fingerprints', checked));
      problems.push(...checkUrl([...path, 'mint'], at(participant, ['mint']), 'tokens', checked));
      const probes = at(participant, ['probes']);
      if (isList(probes))
        for (const [index, probe] of probes.entries())
          problems.push(...checkUrl([...path, 'probes', index], probe, 'tokens', checked));
    }
  }
  const emulator = env[emulatorVariable];
  problems.push(...checkEmulators(checked, env, environments));
  if (usesSecretManager && emulator !== undefined && emulator !== '' && !isLocalEmulator(emulator))
    problems.push({
      path: [],
      message: `the environment variable ${emulatorVariable} must be host:port of this machine, such as 127.0.0.1:8080: an emulator is asked over plain HTTP, without credentials`,
    });
  return problems;
}

function checkUrl(
  path: Path,
  holder: JsonValue | undefined,
  what: 'fingerprints' | 'tokens',
  checked: Checked,
): Problem[] {
  const text = at(holder, ['url']);
  if (typeof text !== 'string' || checked.isUnresolved([...path, 'url'])) return [];
  const plain = text.replaceAll(/\{\{token(\.base64url)?\}\}/g, 'token');
  const url = parseUrl(plain);
  if (url === null || !/^(http|ws):$/.test(url.protocol) || isLoopback(url.hostname)) return [];
  if (what === 'fingerprints' && at(holder, ['allowInsecure']) === true) return [];
  const secure = url.protocol === 'ws:' ? 'wss://' : 'https://';
  const remedy =
    what === 'tokens'
      ? `tokens travel only over TLS or on this machine: use ${secure}`
      : `use ${secure}, or set \`allowInsecure: true\``;
  const message = `plain ${url.protocol.slice(0, -1)} to another machine can be read on the way; ${remedy}`;
  return [{ path: [...path, 'url'], message }];
}

function checkEndpoint(path: Path, checked: Checked): Problem[] {
  const text = at(checked.tree, path);
  if (typeof text !== 'string' || text === '' || checked.isUnresolved(path)) return [];
  const endpoint = parseEndpoint(text);
  return endpoint.ok ? [] : [{ path, message: endpoint.problem }];
}

const isSet = (value: string | undefined): boolean => !['', '0', 'false'].includes(value ?? '');

/**
 * An emulator stands for Secret Manager on a developer's machine. In CI, a gate that asks one by mistake would pass
 * whatever production holds: there it has to be wanted.
 */
function checkEmulators(
  checked: Checked,
  env: Readonly<Record<string, string | undefined>>,
  environments: readonly string[] | 'all',
): Problem[] {
  if (!isSet(env.CI) || isSet(env[allowEmulatorVariable])) return [];
  const message = `asks an emulator of Secret Manager, and CI is set: if that is meant, pass --allow-emulator (${allowEmulatorVariable}=1)`;
  return entriesOf(at(checked.tree, ['environments'])).flatMap(([environment, body]) =>
    environments !== 'all' && !environments.includes(environment)
      ? []
      : entriesOf(at(body, ['participants'])).flatMap(([name, participant]): Problem[] => {
          const source = at(participant, ['source']);
          if (at(source, ['kind']) !== 'google-secret-manager') return [];
          const path = ['environments', environment, 'participants', name, 'source'];
          if (isSet(env[emulatorVariable])) return [{ path, message: `${emulatorVariable}: ${message}` }];
          const endpoint = at(source, ['endpoint']);
          return typeof endpoint === 'string' && isLocalEmulator(endpoint)
            ? [{ path: [...path, 'endpoint'], message }]
            : [];
        }),
  );
}

function isLocalEmulator(text: string): boolean {
  const endpoint = parseEndpoint(text);
  return endpoint.ok && endpoint.value.plain && isLoopback(endpoint.value.host);
}
