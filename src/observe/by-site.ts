import type { PlannedAttempt, Rounds } from './attempts.js';

/**
 * The scope in which rejected tokens may be counted together: a host or gateway by its address, or all hosts of one
 * domain, because one firewall often protects several services.
 */
export function originOfUrl(url: string): string {
  const { hostname, host } = new URL(url.replaceAll(/[{}]/g, ''));
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname) || !hostname.includes('.');
  return isAddress ? host : hostname.split('.').slice(-2).join('.');
}

/** The attempts on one site. */
interface Site {
  readonly valid: PlannedAttempt[];
  readonly invalid: PlannedAttempt[];
}

/** Groups the attempts of all participants by site, in the order of the participants. */
export function bySite(participants: readonly Rounds[]): Rounds[] {
  const sites = new Map<string, Site>();
  const names = new Map<string, string>();
  const at = ({ settings }: PlannedAttempt): Site => {
    const name = names.get(settings.url) ?? originOfUrl(settings.url);
    names.set(settings.url, name);
    const site = sites.get(name) ?? { valid: [], invalid: [] };
    sites.set(name, site);
    return site;
  };
  for (const { valid, invalid } of participants) {
    for (const one of valid) at(one).valid.push(one);
    for (const one of invalid) at(one).invalid.push(one);
  }
  return [...sites.values()];
}
