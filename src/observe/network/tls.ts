import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsOptions } from '../../config/fields.js';
import { NetworkError } from './errors.js';

/** TLS options with their files read. */
export interface TlsSettings {
  readonly secureContext: SecureContext;
  /** Name for SNI (RFC 6066 §3) and for the check of the certificate. */
  readonly serverName: string | undefined;
}

/** Where the paths start from, and how they may be shown. */
export interface TlsPlace {
  readonly folder: string;
  readonly label: ((text: string) => string) | undefined;
}

type FileOption = 'ca' | 'cert' | 'key';

/** Reads the certificates and keys that the options name. Throws a `NetworkError` that says which file is unusable. */
export async function readTls(options: TlsOptions, place: TlsPlace): Promise<TlsSettings> {
  const [ca, cert, key] = await Promise.all([
    readPem('ca', options.ca, place),
    readPem('cert', options.cert, place),
    readPem('key', options.key, place),
  ]);
  for (const [option, pem] of [['ca', ca] as const, ['cert', cert] as const]) {
    if (pem !== undefined && !isCertificate(pem))
      throw unusable(option, options, place, 'holds no PEM certificate');
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new NetworkError({
      code: 'tls',
      message: `tls.${cert === undefined ? 'key' : 'cert'} needs tls.${cert === undefined ? 'cert' : 'key'} beside it`,
      hint: 'A client certificate is a pair: set both `tls.cert` and `tls.key`.',
    });
  }
  try {
    const secureContext = createSecureContext({ ca, cert, key });
    return { secureContext, serverName: options.serverName };
  } catch {
    throw unusable('key', options, place, 'is not the PEM private key of tls.cert, or is encrypted');
  }
}

async function readPem(
  option: FileOption,
  path: string | undefined,
  place: TlsPlace,
): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(resolve(place.folder, path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    throw unusable(option, { [option]: path }, place, whyUnreadable(code));
  }
}

function whyUnreadable(code: unknown): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  if (code === 'EISDIR') return 'is a folder';
  return 'cannot be read';
}

function unusable(option: FileOption, options: TlsOptions, place: TlsPlace, problem: string): NetworkError {
  const path = options[option];
  const shown = path === undefined || place.label === undefined ? '' : ` ${place.label(path)}`;
  return new NetworkError({
    code: 'tls',
    message: `the file${shown} that tls.${option} names ${problem}`,
    hint: 'Paths start from the folder of the configuration file.',
  });
}

function isCertificate(pem: Buffer): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
