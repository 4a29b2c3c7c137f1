import type { ProbeSettings } from '../../config/schema.js';
import { hasToken } from '../../observe/probes/template.js';
import type { Base, FollowUpVariant } from './variant.js';

/** Other headers from which services read a token, the most common first. */
const elsewhere: readonly (readonly [name: string, value: string])[] = [
  ['authorization', 'JWT {{token}}'],
  ['authorization', 'Token {{token}}'],
  ['authorization', '{{token}}'],
  ['x-access-token', '{{token}}'],
  ['x-auth-token', '{{token}}'],
];

/** The same token in another header, if the probe sends it as a bearer token. */
export function otherPlacements(base: Base): FollowUpVariant[] {
  return elsewhere.map(([name, value]) => ({
    ...base,
    changed: { what: 'placement', headers: { [name]: value } },
    text: `${name}: ${value}`,
    form: null,
    headers: { [name]: value },
  }));
}

/** Whether a probe sends its token in the Authorization header only, so that another header can be tried. */
export function isInHeader(settings: ProbeSettings): boolean {
  if (!('headers' in settings) || ('via' in settings && settings.via !== 'header')) return false;
  return !hasToken({ ...settings, headers: withoutAuthorization(settings.headers) });
}

/** The probe with the token in other headers. */
export function placedIn(settings: ProbeSettings, headers: Readonly<Record<string, string>>): ProbeSettings {
  if (!('headers' in settings)) return settings;
  return { ...settings, headers: { ...withoutAuthorization(settings.headers), ...headers } };
}

const withoutAuthorization = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
