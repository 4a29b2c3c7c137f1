/**
 * Errors about a token other than the caller's, or about an account, a document or a request. They concern neither the
 * content of the token nor its signature. Matched against plain words.
 */
export const ofOtherThings: readonly RegExp[] = [
  /\b(?:[cx]srf|anti ?forgery|request verification|mfa|2fa|otp|totp|one time|re ?captcha|captcha|device|push|invit(?:e|ation)|registration|password reset|reset)(?: \w+)? ?tokens?\b[^.;]*/g,
  /\b(?:licen[cs]e|activation|product|idempotency) keys?\b[^.;]*|\b(?:document|electronic|digital|contract) signatures?\b[^.;]*/g,
  /\be ?mail(?: address)?(?: \w+){0,3} (?:not|never|yet) (?:\w+ ){0,2}(?:verified|confirmed|activated)\b/g,
  /\b(?:unverified|unconfirmed|un ?verified|verify|confirm|activate) (?:your |the |an? )?e ?mail\b/g,
  /\be ?mail(?: address)?(?: \w+){0,2} (?:verification|confirmation) (?:is )?(?:required|needed|pending|missing)\b/g,
  /\b(?:your|our|target(?:ed)?|beta|general|wider|public) audiences?\b/g,
];
