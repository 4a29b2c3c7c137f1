import type * as z from 'zod';
import type { Declared } from '../../config/declared.js';
import type { Fingerprint, Instance, ReadError, Reading, SecretHolder } from '../../model.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { Verifiable } from '../tokens/verifiable.js';

/** A secret that was read, and its origin. */
export interface SecretReading {
  readonly is: 'secret';
  readonly secret: Secret;
  readonly version: string | null;
  /** The place that supplied it, such as the name of a variable, or `fallback`. */
  readonly provenance: string | null;
  /** Reads other versions, called only if something differs. Unreadable versions are omitted. */
  readonly versions?: (context: ObserveContext) => Promise<readonly SecretVersion[]>;
  /** Reads secrets under other names that it could have used. */
  readonly siblings?: readonly SiblingSecret[];
}

export interface SiblingSecret {
  /** Its name, safe to print. */
  readonly name: string;
  readonly secret: Secret;
}

export interface SecretVersion {
  readonly version: string;
  /** RFC 3339. */
  readonly createdAt: string | null;
  /** Creation time of the next version, RFC 3339. */
  readonly replacedAt: string | null;
  readonly secret: Secret;
}

/** Which earlier version to read. */
export interface WantedVersion {
  /** The number of the version in use. */
  readonly current: string;
  /** Its number; `null`: the newest readable one before the current one. */
  readonly version: string | null;
  /** Whether a secret is the current key under another number. */
  readonly isCurrentKey: (secret: Secret) => boolean;
}

/** An earlier version, and why it, or a later one of the earlier versions, could not be read. */
export interface EarlierVersion {
  readonly found: SecretVersion | null;
  readonly error: ReadError | null;
}

/** Reported fingerprints, without the secret. */
export interface FingerprintReading {
  readonly is: 'fingerprint';
  /** At least one. Different replicas are listed separately. */
  readonly instances: readonly Instance[];
  readonly accepts: readonly Fingerprint[];
  readonly version: string | null;
  readonly provenance: string | null;
  /** The failure of some samples. */
  readonly error: ReadError | null;
  /** Answers to challenges, which prove possession of the secret. */
  readonly answers?: readonly FingerprintAnswer[];
  /** Of each answer that lists the keys it accepts; `accepts` has only those that all of them list. */
  readonly stated?: readonly StatedAccepts[];
  readonly unusable?: readonly UnusableValue[];
}

/** A value that should be a fingerprint and is none. It may be the secret itself, and is never printed. */
export interface UnusableValue {
  readonly where: 'fingerprint' | 'accepts';
  readonly value: Secret;
}

/** The keys that one replica says it accepts. */
export interface StatedAccepts {
  readonly instance: string | null;
  readonly accepts: readonly Fingerprint[];
}

/** One answer to a challenge. The nonce need not be repeated: the proof depends on it. */
export interface FingerprintAnswer {
  readonly instance: string | null;
  readonly fingerprint: Fingerprint;
  readonly nonce: string;
  /** 43 characters of base64url; `null` without a valid proof. */
  readonly proof: string | null;
  /** The name that the service reports. */
  readonly service: string | null;
}

export interface FailedReading {
  readonly is: 'error';
  readonly error: ReadError;
  readonly unusable?: readonly UnusableValue[];
}

/** An answer of a fingerprint endpoint that proves its key and contains no fingerprint. */
export interface ProofAnswer {
  readonly instance: string | null;
  readonly nonce: string;
  /** 43 characters of base64url. */
  readonly proof: string;
  /** Proofs of every accepted key. */
  readonly proofs: readonly string[];
}

/** Proofs without fingerprints: verifying them identifies the key. */
export interface ProofReading {
  readonly is: 'proofs';
  readonly answers: readonly ProofAnswer[];
  /** The failure of some samples. */
  readonly error: ReadError | null;
  readonly unusable?: readonly UnusableValue[];
}

/** Configured or issued tokens: verifying them identifies the key. */
export interface TokensReading {
  readonly is: 'tokens';
  readonly tokens: readonly Verifiable[];
  /** The failure of some samples. */
  readonly error?: ReadError | null;
  /** Whether they were issued on request. */
  readonly isFresh: boolean | null;
  readonly unusable?: readonly UnusableValue[];
}

export type SourceResult = SecretReading | FingerprintReading | ProofReading | TokensReading | FailedReading;

/** Metadata of a secret. Reads of it may be minutes behind a write. */
export interface SecretMetadata {
  readonly annotations: ReadonlyMap<string, string>;
  /** Names of its version aliases. */
  readonly aliases: ReadonlySet<string>;
}

/** Names that a service may use as its secret by mistake, instead of what they stand for. */
export interface SourceNames {
  /** Names of variables, or of an entry of a file. */
  readonly variables: readonly string[];
  /** The path of a file. */
  readonly path?: string;
  readonly stored?: StoredNames;
}

/** Names of a secret in a store. */
export interface StoredNames {
  readonly name: string;
  /** The names by which the store knows it. @param version that was read */
  resources(version: string | null): readonly string[];
  /** References that loaders of secrets replace by its value. */
  references(version: string | null): readonly string[];
}

/** A literal in code that is used where no other value is found. */
export interface CodeFallback<S> {
  readonly literal: string;
  /** The source without it. */
  readonly without: S;
}

/** A way to read a participant. Each is one file that exports a `Source`, and one line in `index.ts`. */
export interface Source<S extends z.ZodType<{ kind: string }>> {
  /** Schema of its settings; `kind` is its name. */
  readonly schema: S;
  /** Exceptions to the safe defaults for its settings. */
  readonly declared?: Declared;
  /** Whether it is read without a network, so that a failure says nothing about the network. */
  readonly isLocal?: boolean;
  /** Whether reading it runs a program. Those of other environments than the checked one do not run. */
  readonly runsProgram?: boolean;
  /** The place that it reads, safe to print. */
  target(source: z.output<S>, context: Pick<ObserveContext, 'label'>): string;
  /** How a participant that reads from it is given another secret. Without a declaration, it is a service. */
  holder?(
    source: z.output<S>,
    context: Pick<ObserveContext, 'label'>,
    reading: Pick<Reading, 'version'> | null,
  ): SecretHolder;
  /** Names that reveal themselves if they are used as the secret. */
  names?(source: z.output<S>): SourceNames;
  /** Its setting `fallback`; `null` if that is not set. */
  fallback?(source: z.output<S>): CodeFallback<z.output<S>> | null;
  /** Whether its fingerprint counts only with a proof of possession, and for which service name proofs are made. */
  proof?(source: z.output<S>): { readonly isRequired: boolean; readonly service: string | undefined };
  /** The address of an emulator on this machine that it reads instead of the real store, safe to print. */
  emulator?(source: z.output<S>, context: Pick<ObserveContext, 'env' | 'label'>): string | null;
  /** Whether it yields the secret itself, which allows minting. Probes wait only for such sources. */
  yieldsSecret(source: z.output<S>): boolean;
  /**
   * Reads an earlier version of the secret, for the control `retired`. Only a source that keeps versions declares it.
   */
  earlierVersion?(
    source: z.output<S>,
    wanted: WantedVersion,
    context: ObserveContext,
  ): Promise<EarlierVersion>;
  /**
   * Reads the metadata of the secret, where a rotation keeps its record; `null` if it could not be read. Only a source
   * that can be rotated declares it.
   */
  metadata?(source: z.output<S>, context: ObserveContext): Promise<SecretMetadata | null>;
  /** The same source, with a version by its number or alias. */
  atVersion?(source: z.output<S>, version: number | string): z.output<S>;
  /** Reads it. Failures are returned as data; only a bug makes it throw. */
  read(source: z.output<S>, context: ObserveContext): Promise<SourceResult>;
}

export const failed = (error: ReadError, unusable: readonly UnusableValue[] = []): FailedReading => ({
  is: 'error',
  error,
  ...(unusable.length === 0 ? {} : { unusable }),
});
