/**
 * The required permissions of Secret Manager, each with the least privileged predefined role that grants it
 * (https://cloud.google.com/secret-manager/docs/access-control).
 */
export const roleOf = {
  'secretmanager.secrets.get': 'roles/secretmanager.viewer',
  'secretmanager.secrets.update': 'roles/secretmanager.admin',
  'secretmanager.versions.access': 'roles/secretmanager.secretAccessor',
  'secretmanager.versions.add': 'roles/secretmanager.secretVersionAdder',
  'secretmanager.versions.disable': 'roles/secretmanager.secretVersionManager',
  'secretmanager.versions.enable': 'roles/secretmanager.secretVersionManager',
  'secretmanager.versions.list': 'roles/secretmanager.viewer',
} as const;

/** A permission on a secret, by its name in IAM. */
export type SecretPermission = keyof typeof roleOf;
