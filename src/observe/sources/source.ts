import type * as z from 'zod';
import type { Declared } from '../../config/declared.js';
import type { Fingerprint, Instance, ReadError, Reading, SecretHolder } from '../../model.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { Verifiable } from '../tokens/verifiable.js';

/** A secret that was read, and where from. */
export interface SecretReading {
  readonly is: 'secret';
  readonly secret: Secret;
  readonly version: string | null;
  /** Which of several places it came from, such as a variable's name, or `fallback`. */
  readonly provenance: string | null;
  /** Other versions, read only once something differs; what cannot be read is left out. */
  readonly versions?: (context: ObserveContext) => Promise<readonly SecretVersion[]>;
  /** Secrets under other names that it could have taken, and did not. */
  readonly siblings?: readonly SiblingSecret[];
}

export interface SiblingSecret {
  /** Its name, fit to be shown. */
  readonly name: string;
  readonly secret: Secret;
}

export interface SecretVersion {
  readonly version: string;
  /** RFC 3339. */
  readonly createdAt: string | null;
  /** When the version after it was made, RFC 3339. */
  readonly replacedAt: string | null;
  readonly secret: Secret;
}

/** Fingerprints that were shown, without the secret. */
export interface FingerprintReading {
  readonly is: 'fingerprint';
  /** At least one; replicas that differ stand beside each other. */
  readonly instances: readonly Instance[];
  readonly accepts: readonly Fingerprint[];
  readonly version: string | null;
  readonly provenance: string | null;
  /** Some of the samples failed. */
  readonly error: ReadError | null;
  /** Those that were challenged to prove that they hold the secret. */
  readonly answers?: readonly FingerprintAnswer[];
  /** Of each answer that lists the keys it accepts; `accepts` has only those that all of them list. */
  readonly stated?: readonly StatedAccepts[];
}

/** The keys that one replica says it accepts. */
export interface StatedAccepts {
  readonly instance: string | null;
  readonly accepts: readonly Fingerprint[];
}

/** One answer to a challenge. The nonce came back or not: who has the secret can tell by the proof. */
export interface FingerprintAnswer {
  readonly instance: string | null;
  readonly fingerprint: Fingerprint;
  readonly nonce: string;
  /** 43 characters of base64url, or `null` where there was no such thing. */
  readonly proof: string | null;
  /** What the service calls itself. */
  readonly service: string | null;
}

export interface FailedReading {
  readonly is: 'error';
  readonly error: ReadError;
}

/** An answer of a fingerprint endpoint that proves its key and shows no fingerprint. */
export interface ProofAnswer {
  readonly instance: string | null;
  readonly nonce: string;
  /** 43 characters of base64url. */
  readonly proof: string;
  /** Those of every key that is accepted. */
  readonly proofs: readonly string[];
}

/** Proofs without fingerprints: whose key made them is found by verifying them. */
export interface ProofReading {
  readonly is: 'proofs';
  readonly answers: readonly ProofAnswer[];
  /** Some of the samples failed. */
  readonly error: ReadError | null;
}

/** Finished tokens: whose key signed them is found by verifying them. */
export interface TokensReading {
  readonly is: 'tokens';
  readonly tokens: readonly Verifiable[];
  /** Some of the samples failed. */
  readonly error?: ReadError | null;
  /** Whether they were issued on request. */
  readonly isFresh: boolean | null;
}

export type SourceResult = SecretReading | FingerprintReading | ProofReading | TokensReading | FailedReading;

/** A way to read a participant: one file that exports one of these, one line in `index.ts`. */
export interface Source<S extends z.ZodType<{ kind: string }>> {
  /** The configuration of it; its `kind` is the name. */
  readonly schema: S;
  /** Where the safe assumptions about its settings are wrong. */
  readonly declared?: Declared;
  /** Where it reads from, fit to be shown. */
  target(source: z.output<S>, context: Pick<ObserveContext, 'label'>): string;
  /** How a participant that reads from it is given another secret. Without a declaration, it is a service. */
  holder?(
    source: z.output<S>,
    context: Pick<ObserveContext, 'label'>,
    reading: Pick<Reading, 'version'> | null,
  ): SecretHolder;
  /** Whether it yields the secret itself, and so can mint. Probes wait for these only. */
  yieldsSecret(source: z.output<S>): boolean;
  /** Reads it. Whatever fails comes back as data; it throws for nothing but a bug. */
  read(source: z.output<S>, context: ObserveContext): Promise<SourceResult>;
}

export const failed = (error: ReadError): FailedReading => ({ is: 'error', error });
