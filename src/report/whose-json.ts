import type { TokenFacts, TokenVerdict } from '../judge/token-verdict.js';
import { version } from '../version.js';
import { formatNumericDate } from './text/format.js';
import { jsonText } from './text/json-text.js';

/** The answer of `jwtcheck whose` as one JSON document. Later versions only add to it. */
export function whoseJson(
  facts: TokenFacts,
  { verdict, exitCode, problems }: TokenVerdict,
  emulators: readonly string[],
): string {
  const { signer, header, issuer, audience } = facts;
  const document = {
    schemaVersion: 1,
    tool: { name: 'jwtcheck', version },
    environment: facts.environment,
    verdict,
    exitCode,
    problems,
    reference: facts.reference,
    signedBy:
      signer === null
        ? null
        : {
            key: signer.text,
            participant: signer.participant,
            code: signer.code,
            fingerprint: signer.fingerprint,
            reference: signer.isReference,
          },
    header,
    issuedAt: formatNumericDate(facts.issuedAt),
    notBefore: formatNumericDate(facts.notBefore),
    expiresAt: formatNumericDate(facts.expiresAt),
    expired: facts.expiresAt !== null && facts.expiresAt <= facts.now,
    issuer,
    audience,
    claims: facts.claims,
    unread: facts.unread,
    notAsked: facts.notAsked,
    ...(emulators.length === 0 ? {} : { emulators }),
  };
  return jsonText(document);
}
