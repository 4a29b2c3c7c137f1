/** Words that stand by themselves: `insufficient_scope` holds `scope`, `issued` does not hold `iss`. */
const words = (alternatives: string): RegExp => new RegExp(`(?<![a-z])(?:${alternatives})(?![a-z])`, 'i');

/** Claims by the words with which verifiers complain of them. */
const complaints: readonly (readonly [claim: string, words: RegExp])[] = [
  ['iss', words('iss|issuers?')],
  ['aud', words('aud|audiences?')],
  ['token_type', words('token[ _-]?(?:type|use)')],
  ['sub', words('sub|subject|(?:user|account|subject)[ _-](?:not[ _-]found|unknown|inactive|disabled)')],
  ['scope', words('scopes?|permissions?')],
  ['email', words('e-?mail')],
  ['role', words('roles?')],
  ['jti', words('jti')],
];

/** Words about time: of the claims exp, iat and nbf, and of clocks. */
const ofTime = words(
  'expired|exp|iat|nbf|not[ _](?:yet[ _])?(?:valid|active)|issued[ _]at|in the (?:future|past)|too[ _](?:old|early|late)|clock|lifetime',
);

/** The claim that the answer to a genuine token complains of while that to a forged one does not; `null`: none, as far as words tell. */
export function claimComplainedOf(genuine: string, forged: string): string | null {
  return complaints.find(([, named]) => named.test(genuine) && !named.test(forged))?.[0] ?? null;
}

/** Whether the answer to a genuine token speaks of time while that to a forged one does not. */
export function speaksOfTime(genuine: string, forged: string): boolean {
  return ofTime.test(genuine) && !ofTime.test(forged);
}
