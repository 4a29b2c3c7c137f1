import { createHash, X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsOptions } from '../../schema/fields.js';
import { codeOf } from '../../system/error-code.js';
import { noAnswer, readInTime } from '../../system/slow-files.js';
import { NetworkError } from './network-errors.js';

/** TLS options with their files read. */
export interface TlsSettings {
  readonly secureContext: SecureContext;
  /** Name for SNI (RFC 6066 §3) and for the check of the certificate. */
  readonly serverName: string | undefined;
  /** SHA-256 over the files, to detect changes. */
  readonly digest: string;
}

/** The base folder of the paths, and their display form. */
export interface TlsPlace {
  readonly folder: string;
  readonly label: ((text: string) => string) | undefined;
}

type FileOption = 'ca' | 'cert' | 'key';

/** A disk does not answer. */
class UnansweredError extends NetworkError {}

/** Milliseconds. */
const longestReadMs = 5000;

/** TLS options whose files are read once, until they change. */
export class TlsFiles {
  readonly #place: TlsPlace;
  readonly #known = new Map<string, { options: TlsOptions; settings: Promise<TlsSettings> }>();

  constructor(place: TlsPlace) {
    this.#place = place;
  }

  /** Throws a `NetworkError` that names the unusable file; after a fix, the file is read again. */
  read(options: TlsOptions): Promise<TlsSettings> {
    const key = JSON.stringify(options);
    const known = this.#known.get(key);
    if (known !== undefined) return known.settings;
    const settings = readTls(options, this.#place);
    this.#known.set(key, { options, settings });
    settings.catch(() => this.#known.delete(key));
    return settings;
  }

  /** Whether any file has changed since it was read. All of them are then read again. */
  async haveChanged(): Promise<boolean> {
    const known = [...this.#known.values()];
    const digest = ({ digest }: TlsSettings): string => digest;
    const checks = known.map(async ({ options, settings }) => {
      const before = await settings.then(digest, () => null);
      const now = await readTls(options, this.#place).then(digest, (error: unknown) =>
        // While the disk does not answer, what was read before stays in use.
        error instanceof UnansweredError ? before : null,
      );
      return before !== now;
    });
    const changed = (await Promise.all(checks)).includes(true);
    if (changed) this.#known.clear();
    return changed;
  }
}

/** Reads the certificates and keys that the options name. Throws a `NetworkError` that names the unusable file. */
async function readTls(options: TlsOptions, place: TlsPlace): Promise<TlsSettings> {
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
    const digest = createHash('sha256');
    for (const pem of [ca, cert, key]) digest.update(`${pem?.length ?? -1} `).update(pem ?? '');
    return { secureContext, serverName: options.serverName, digest: digest.digest('hex') };
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
    // Without blocking: a named pipe without a writer would never be read.
    const flag = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    const file = resolve(place.folder, path);
    const pem = await readInTime(() => readFile(file, { flag }), {
      place: dirname(file),
      ms: longestReadMs,
    });
    if (pem !== noAnswer) return pem;
    throw new UnansweredError(unusable(option, { [option]: path }, place, 'was not read in time').readError);
  } catch (error) {
    if (error instanceof UnansweredError) throw error;
    const code = codeOf(error);
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
