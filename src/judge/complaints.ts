import { ofOtherThings } from './plain-words.js';

/** The topic of a complaint. */
export type Complaint =
  | { readonly topic: 'signature' | 'algorithm' | 'absence' | 'caller' | 'lockout' }
  | { readonly topic: 'claim'; readonly claim: string }
  | { readonly topic: 'time'; readonly time: 'expired' | 'not-yet-valid' }
  | { readonly topic: 'header'; readonly field: 'kid' | 'typ' };

const signature: Complaint = { topic: 'signature' };
const algorithm: Complaint = { topic: 'algorithm' };
const absence: Complaint = { topic: 'absence' };
const caller: Complaint = { topic: 'caller' };
const lockout: Complaint = { topic: 'lockout' };
const expired: Complaint = { topic: 'time', time: 'expired' };
const notYet: Complaint = { topic: 'time', time: 'not-yet-valid' };
const kid: Complaint = { topic: 'header', field: 'kid' };
const typ: Complaint = { topic: 'header', field: 'typ' };
const claim = (name: string): Complaint => ({ topic: 'claim', claim: name });

/** A code of Microsoft.IdentityModel, with its text up to the next code. */
const idx = (numbers: string): RegExp => new RegExp(`IDX1(?:${numbers})\\b(?:(?!IDX1).)*`, 'is');

/** Codes and sentences of libraries that are decisive alone; matched against the text as it is. */
export const decided: readonly (readonly [text: RegExp, ...meant: Complaint[]])[] = [
  [idx('020[4-5]|021[12]|0264'), claim('iss')],
  [idx('020[6-8]|0214|0231'), claim('aud')],
  [idx('0222'), notYet],
  [idx('0223'), expired],
  [idx('0225'), claim('exp')],
  [idx('025[67]'), typ],
  [idx('0501|0516'), signature, kid],
  [idx('050[0234568]|051[1-57-9]'), signature],
  [idx('069[67]|0634|0652'), algorithm],
  [idx('27(?:09|29|41)|4100|0729'), signature],
  [/Jwks doesn't have key to match kid or alg/i, kid],
  [/Another algorithm expected, or no matching key\(s\) found/i, algorithm, signature],
  [/Signature resulted invalid when verified using the Algorithm/i, signature],
  [/Incorrect key for this algorithm|Token signer mismatch/i, algorithm],
  [/valid "issued at" time/i, notYet],
  [/"iat" claim timestamp check failed \(too far in the past\)/i, expired],
  [/Token contained no recognizable user identification/i, claim('user_id')],
  [/No credentials found for given 'iss'/i, claim('iss')],
  [/JWT::VerificationError|Jwt verification fails/i, signature],
  [/WWW-Authenticate: (?!.*\bbearer\b)(?:basic|digest|negotiate|ntlm)\b.*/is, caller],
];

const fault =
  '(?:invalid|expired|missing|malformed|revoked|absent|incorrect|bad|unknown|wrong|corrupt(?:ed)?|blacklisted|not (?:valid|found|provided|present)|unauthorized|no longer valid)';
const noun =
  '(?:token|signature|key|secret|claims?|issuer|audience|format|payload|expiration|expiry|algorithm|scopes?|permissions?)';
const either = '(?:,? (?:or|and/or) |, ?| ?/ ?)';

/** Phrases that name several alternatives, and words that only look like a complaint; matched against plain words. */
export const nothingSaid: readonly RegExp[] = [
  new RegExp(
    `\\b${fault}(?: (?:token|jwt|or|has|is|been|an?)){0,3}(?:${either}(?:has |is |an? |been )*${fault})+`,
    'g',
  ),
  new RegExp(
    `\\b${noun}(?:,? (?:or|and/or) | ?/ ?)(?:the |an? |its |bad |invalid )?${noun}\\b[^.]{0,80}`,
    'g',
  ),
  /\bunable to parse or verify signature\b/g,
  /\bnot valid for any token type\b/g,
  /\bsignature (?:is |was )?(?:valid|verified|ok|good)\b/g,
  /\b(?:provide|supply|send|include|with|requires?|need|no|use) (?:an? )?valid [^.]{0,60}/g,
  /\bvalid (?:\w+ ){0,2}(?:token|jwt|credentials)(?: \w+){0,3} (?:required|needed|missing|not found)/g,
  /\bnot expired\b/g,
  ...ofOtherThings,
  // Warnings about further attempts.
  /\b\d+ (?:more )?(?:attempts?|tries|requests?) (?:remaining|left)\b[^.;]*/g,
  /\b(?:too many|after|if)\b[^.;]{0,60}\b(?:will|may|can|could)\b[^.;]*/g,
];

const wrong =
  "(?:not|invalid|unsupported|unexpected|mismatch(?:ed)?|different|another|incorrect|disallowed|unknown|wrong|bad|doesn't|rejected|forbidden|required)";
const method = '(?:alg|algorithms?|signing method|signature method)';
const tokenNoun =
  '["\'`]?(?:(?:bearer |access |auth |authorization |authentication |jwt |json web |id )?tokens?|jwt|bearer|authorization header|auth header|authentication header|authorization|credentials?)\\b["\'`]?';
const ofToken = '(?! (?:type|use|id|claims?|signature|expir|payload|issuer|audience))';
const headerNoun =
  '(?:(?:bearer |access |auth |authorization |authentication |jwt |json web )?token|jwt|(?:authorization|auth|authentication) header|authentication credentials|credentials)';
const gone =
  '(?:required|not found|not provided|not present|not supplied|not set|absent|empty|null|must (?:not )?be (?:provided|supplied|present|null|empty)|cannot be (?:null|empty))\\b';
const notAClaim = '(?! (?:the|an?|required|claims?|mandatory|its|in|at least)\\b| ["\'`])';

/** Words of complaint, matched against plain words (`plainWords`): lower case, names split. */
export const complaints: readonly {
  readonly words: RegExp;
  readonly topic: (match: RegExpExecArray) => Complaint[];
}[] = [
  // The signature, the key, and texts that are not a token.
  row(/\bsignatures?(?! (?:method|algorithm))\b|\bhmac\b/, signature),
  row(
    /\b(?:wrong|invalid|incorrect|bad) (?:signing |verification |jwt )?(?:key|secret)\b|\bkey mismatch\b/,
    signature,
  ),
  row(
    /\bmalformed\b|\bsegments?\b|\bheader padding\b|\bcrypto padding\b|\bnot well formed\b|\billegal base64\b/,
    signature,
  ),
  row(
    /\bdecode error\b|\berror decoding (?:the )?(?:token|jwt)\b|\bcompact (?:jws|decode error|serialization)\b|\bjws (?:error|invalid)\b/,
    signature,
  ),
  row(/\bperiod characters\b|\btwo dots\b|\bthree (?:dots|parts)\b|\bpart delimiters\b/, signature),
  row(/\bcould not verify (?:the )?message using any of\b|\bno suitable key\b/, signature),
  // The algorithm.
  row(new RegExp(`\\b${wrong} (?:\\w+ )?${method}\\b|\\b${method}\\b[^.:;]{0,40}\\b${wrong}\\b`), algorithm),
  // Time.
  row(
    /\b(?:has |is |was |jwt |token )?(?:expired|expires|expiration|expiry)\b|\btoo old\b|\bmax(?:imum)? ?(?:token )?age\b|\bno longer valid\b/,
    expired,
  ),
  row(/\bexp\b(?! claim is (?:required|missing))/, expired),
  row(
    /\bnot yet (?:valid|active|in effect)\b|\bnot valid (?:yet|before|until)\b|\bnot active\b|\bnot be (?:used|accepted) before\b|\bcannot be used (?:yet|before)\b/,
    notYet,
  ),
  row(
    /\bcannot handle token (?:prior to|with (?:iat|nbf))\b|\bused before\b|\bnot before\b|\bnbf\b|\biat\b|\bimmature\b|\bpremature\b|\b(?:in (?:the )?|at )future\b|\bbefore use time\b|\bearly by\b|\bbefore (?:issued|valid)\b/,
    notYet,
  ),
  // Registered claims and other claims with a common name.
  row(/\b(?:iss|issuers?)\b(?! signing)/, claim('iss')),
  row(/\b(?:aud|audiences?)\b/, claim('aud')),
  row(
    /\btoken (?:type|use)\b|\bwrong type\b|\bonly (?:non )?(?:access|refresh) tokens\b|\bnot an? (?:access|refresh|id) token\b/,
    claim('token_type'),
  ),
  row(
    /\bexpected an? (?:access|refresh|id) token\b|\b(?:access|refresh|id) token expected\b|\brefresh tokens? (?:cannot|can't|may not|not allowed|used)\b/,
    claim('token_type'),
  ),
  row(/\b(?:sub|subject)\b/, claim('sub')),
  row(/\b(?:scopes?|permissions?|privileges?)\b/, claim('scope')),
  row(/\be ?mails?\b/, claim('email')),
  row(/\broles?\b/, claim('role')),
  row(/\b(?:jti|jwt ?id|token id)\b/, claim('jti')),
  row(/\bazp\b|\bauthorized party\b/, claim('azp')),
  row(/\bnonce\b/, claim('nonce')),
  // No token.
  row(
    new RegExp(
      `\\b(?:no|nil|missing|without|lacks)(?: (?:an?|the|or empty|required|request|http|any)){0,2} ${tokenNoun}${ofToken}`,
    ),
    absence,
  ),
  row(
    new RegExp(
      `\\b${headerNoun}(?: (?:header|string|argument|in \\w+|from \\w+)){0,2}(?: (?:is|was|were|are))? (?:${gone}|missing\\b${notAClaim})`,
    ),
    absence,
  ),
  row(
    /\b(?:must|should|please) (?:provide|supply|send|include) (?:an?|the|your) (?:\w+ ){0,2}(?:token|jwt|credentials)\b|\brequires an? (?:bearer|access|jwt) ?(?:token)?\b/,
    absence,
  ),
  row(
    /\banonymous access is disabled\b|\bbad authorization header\b|\bauthorization header (?:must|should|format)\b|\bformat is authorization: bearer\b/,
    absence,
  ),
  // The caller.
  row(
    /\b(?:service|client|caller) (?:secret|credentials?|id|auth\w*|(?:is )?not (?:authori[sz]ed|allowed|known|registered))\b/,
    caller,
  ),
  row(
    /\b(?:invalid|unknown|unauthori[sz]ed|missing|unregistered) (?:service|client|caller)\b|\bapi ?key\b|\badmin secret\b|\bsubscription key\b/,
    caller,
  ),
  // The header of the token.
  row(
    /\bkid\b|(?<!access )\bkey ?id\b|\bno (?:matching|applicable) (?:signing )?key\b|\bsigning key (?:was )?not found\b|\bsigning key that matches\b/,
    kid,
  ),
  row(/\btyp\b(?! claim)/, typ),
  // Too many requests.
  row(
    /\btoo many (?:\w+ ){0,3}(?:requests?|attempts?|failures?|tries)\b|\brate ?limit\w*\b|\bthrottl\w+\b|\b(?:quota|limit|rate|attempts) (?:has been |was )?exceeded\b|\bexceeded (?:\w+ ){0,4}(?:limit|attempts|quota)\b|\bslow down\b|\btry again (?:later|in|after)\b|\bretry after\b/,
    lockout,
  ),
  row(
    /\b(?:ip|address|account|client|you|been|temporarily|is|are) (?:\w+ )?(?:blocked|banned|locked)\b|\block(?:ed)? ?outs?\b|\bblocked\b|\bbanned\b|^\s*locked\W*$/,
    lockout,
  ),
];

function row(words: RegExp, ...meant: Complaint[]) {
  return { words, topic: () => meant };
}

/** Words next to `claim` that are not the name of one. */
const noName =
  /^(?:is|was|value|values|validation|check|checks|timestamp|to|or|and|in|of|set|sets|not|has|have|must|with|for|failed|mismatch|missing|required|invalid|the|this|that|these|an?|mandatory|custom|jwt|token|unexpected|some|no|all|other|expected|required|private|public|registered|additional|its|bad|wrong|following|error|exception|names?|are|be|contains?|verification|violates|incorrect|unknown|presence|among|one|any|key|does|doesn)$/i;
const missing =
  /\b(?:missing|required?s?|mandatory|not present|absent|without|must (?:have|contain)|lacks?|no)\b/i;
const times = /^(?:exp|nbf|iat)$/;

const named: readonly RegExp[] = [
  /\bclaims?\b(?:\s*[:=]\s*|\s+)(?:\[|\()?["'`]?([a-z_][\w-]{1,40})\b/gi,
  /\b([a-z_][\w-]{1,40})["'`]?\s+claims?\b/gi,
  /\b(?:missing|invalid|required|unknown|no)\s+(?:required\s+)?["'`]?((?:user|tenant|org|organi[sz]ation|account|customer|session|device)_?(?:id|name)|uid|tenant|username)\b/gi,
];

/** Claims that a text names next to the word: `missing required claim tenant_id`, `"org" claim value`. */
export function claimsNamed(text: string): Complaint[] {
  return named.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, name = '']) => {
      if (noName.test(name)) return [];
      if (times.test(name.toLowerCase())) return missing.test(text) ? [claim(name.toLowerCase())] : [];
      return [claim(canonical(name))];
    }),
  );
}

const canonical = (name: string): string => {
  const lower = name.toLowerCase();
  return registered[lower] ?? name;
};

const registered: Readonly<Record<string, string>> = {
  iss: 'iss',
  issuer: 'iss',
  aud: 'aud',
  audience: 'aud',
  sub: 'sub',
  subject: 'sub',
  jti: 'jti',
  scope: 'scope',
  scopes: 'scope',
  role: 'role',
  roles: 'role',
  email: 'email',
};
