import type { Base, FollowUpVariant } from './variant.js';

/** Another `typ`, no `typ`, and no `kid` if one is configured (RFC 7515 §4.1, RFC 9068). */
export function otherHeaders(base: Base): FollowUpVariant[] {
  const { kid, typ = 'JWT' } = base.settings.header;
  const types = ['JWT', 'at+jwt', null].filter((value) => value !== typ);
  return [
    ...types.map((value) => changed(base, 'typ', value)),
    ...(kid === undefined ? [] : [changed(base, 'kid', null)]),
  ];
}

function changed(base: Base, field: 'kid' | 'typ', value: string | null): FollowUpVariant {
  const text = value === null ? `${field} left out` : `${field} ${JSON.stringify(value)}`;
  return { ...base, changed: { what: 'header', field, value }, text, form: null, header: { [field]: value } };
}
