import { type FoundSigner, findSigner, isReferenceKey } from '../../../diagnose/find-signer.js';
import type { ComparedClaim, TokenFacts, TokenSigner } from '../../../judge/token-verdict.js';
import type { CompactToken, TokenParsed } from '../../../observe/tokens/compact-token.js';
import { whyNotVerifiable } from '../../../observe/tokens/verify.js';
import { sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import { fingerprintOf } from '../../../secret/fingerprint.js';
import { redactTokens, Secret } from '../../../secret/secret.js';
import type { Io } from '../../../system/io.js';
import { givenName, type Known } from './known-secrets.js';

const nameColumns = 64;
/** Maximum number of names of claims. */
const mostClaims = 40;

/** The facts about a token, without any of its text. */
export async function factsOf(
  parsed: Exclude<TokenParsed, { is: 'no-jwt' }>,
  text: Secret,
  known: Known,
  io: Io,
): Promise<TokenFacts> {
  try {
    const token = parsed.is === 'token' ? parsed.token : null;
    const found = token === null ? null : await findSigner(token, known.plan, known.held, known.context);
    const secrets = [
      text,
      ...known.secrets,
      ...[...known.held.values()].map(({ secret }) => secret),
      ...(found === null ? [] : [found.secret]),
    ];
    const [redact, scrub] = [Secret.redactor(secrets), Secret.scrubber(secrets)];
    const texts = textsOf(token, Secret.hider(secrets));
    return {
      environment: known.environment,
      reference: known.reference,
      rightKey: known.reference === null ? 'that of the other participants' : secretOf(known.reference),
      signer: found === null ? null : signer(found, known),
      notVerifiable: parsed.is === 'token' ? null : whyNotVerifiable(parsed),
      header: {
        alg: algorithmOf(parsed),
        kid: texts.kid,
        typ: texts.typ,
      },
      expectedAlgorithm: known.token?.algorithm ?? null,
      issuedAt: token?.time('iat') ?? null,
      notBefore: token?.time('nbf') ?? null,
      expiresAt: token?.time('exp') ?? null,
      now: io.now().getTime() / 1000,
      issuer: compared(token, 'iss', known.token?.issuer, known),
      audience: compared(token, 'aud', known.token?.audience, known),
      claims: texts.claims,
      unread: known.unread.map(({ participant, message, isQuoting }) => ({
        participant,
        message: isQuoting ? (scrub([message])[0] ?? '') : redact(message),
      })),
      notAsked: known.notAsked,
    };
  } finally {
    await known.close();
  }
}

interface TokenTexts {
  readonly kid: string | null;
  readonly typ: string | null;
  /** Names of claims. */
  readonly claims: readonly string[];
}

/** Texts of a token. They are redacted together: a secret may be split across them. An identifier may look random. */
function textsOf(token: CompactToken | null, hide: ReturnType<typeof Secret.hider>): TokenTexts {
  const names = (['kid', 'typ'] as const).map((name) => token?.headerText(name) ?? null);
  const claims = (token?.claimNames() ?? []).slice(0, mostClaims);
  const hidden = hide([...names.map((name) => name ?? ''), ...claims]);
  const [kid = '', typ = '', ...shown] = hidden.map((one) =>
    sanitizeAndTruncate(redactTokens(one), nameColumns),
  );
  return { kid: names[0] === null ? null : kid, typ: names[1] === null ? null : typ, claims: shown };
}

function algorithmOf(parsed: TokenParsed): string | null {
  if (parsed.is === 'token') return parsed.token.algorithm;
  if (parsed.is === 'unsigned') return 'none';
  return parsed.is === 'other-algorithm' ? parsed.algorithm : null;
}

function compared(
  token: CompactToken | null,
  claim: 'iss' | 'aud',
  configured: string | readonly string[] | undefined,
  { context }: Known,
): ComparedClaim {
  const names = configured === undefined ? [] : [configured].flat();
  return {
    comparison: token?.compareClaim(claim, configured) ?? 'unset',
    configured: names.map((name) => sanitizeAndTruncate(context.label(name), nameColumns)),
  };
}

function signer(found: FoundSigner, known: Known): TokenSigner {
  const { plan, held, shown, context } = known;
  // The secret of a reference that only a service reports is not available.
  const isElsewhere = known.reference !== null && plan.reference === null;
  const isReference = isElsewhere ? null : isReferenceKey(found.secret, plan, held, shown);
  const fingerprint = fingerprintOf(found.secret, context.fingerprintLength);
  if (found.is === 'candidate') {
    const { of, code, text } = found.candidate;
    const words = of === null ? text : `${secretOf(of)} ${text}`;
    return { text: words, participant: of, code, fingerprint, isReference };
  }
  const { name, version } = found;
  const isFallback = held.get(name)?.provenance === 'fallback';
  const words = isFallback ? `the fallback of ${name}` : secretOf(name);
  return {
    text: version === null ? words : `${words} version ${version}`,
    participant: name === givenName ? null : name,
    code: isFallback ? 'hardcoded-fallback' : null,
    fingerprint,
    isReference,
  };
}

const secretOf = (name: string): string => (name === givenName ? name : `the secret of ${name}`);
