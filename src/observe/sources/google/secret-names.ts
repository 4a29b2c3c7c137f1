import type { StoredNames } from '../source.js';
import type { StoredSecret } from './commands.js';

/** Names of a secret that a service may use instead of its value. */
export const storedNames = (stored: StoredSecret): StoredNames => ({
  name: stored.secret,
  resources: (version) => resourceNames(stored, version),
  references: (version) => references(stored, version),
});

/** The resource name, and its short forms. */
function resourceNames({ project, secret, location }: StoredSecret, version: string | null): string[] {
  const place = location === undefined ? '' : `/locations/${location}`;
  const versions = ['latest', ...(version === null ? [] : [version])];
  return [
    secret,
    `projects/${project}${place}/secrets/${secret}`,
    `${project}/${secret}`,
    ...versions.flatMap((v) => [`${secret}:${v}`, `${secret}/${v}`, `${secret}/versions/${v}`]),
  ];
}

/** Placeholder syntax of secret loaders: Spring Cloud GCP, Cloud Functions, berglas and others. */
function references({ project, secret, location }: StoredSecret, version: string | null): string[] {
  const place = location === undefined ? '' : `/locations/${location}`;
  const resource = `projects/${project}${place}/secrets/${secret}`;
  const versions = ['latest', ...(version === null ? [] : [version])];
  const names = [
    secret,
    `${project}/${secret}`,
    resource,
    ...versions.flatMap((v) => [
      `${secret}/${v}`,
      `${project}/${secret}/${v}`,
      `${resource}/versions/${v}`,
      `${secret}:${v}`,
    ]),
  ];
  const schemes = ['sm://', 'sm@', 'gcp-secret:', 'gcp-secret://', 'secretmanager://', 'gcpsm://', 'gsm://'];
  return [
    ...versions.map((v) => `${resource}/versions/${v}`),
    ...names.flatMap((name) => schemes.map((scheme) => scheme + name)),
    ...names.flatMap((name) => [`\${sm://${name}}`, `\${sm@${name}}`]),
  ];
}
