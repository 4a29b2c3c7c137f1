import type { SecretPermission } from '../observe/sources/google/permissions.js';
import type { RotateCommand } from './rotation-plan.js';

const reading: readonly SecretPermission[] = [
  'secretmanager.secrets.get',
  'secretmanager.versions.list',
  'secretmanager.versions.access',
];

const continuing: readonly SecretPermission[] = [
  ...reading,
  'secretmanager.secrets.update',
  'secretmanager.versions.disable',
];

const rotating: readonly SecretPermission[] = [...continuing, 'secretmanager.versions.add'];

/**
 * The permissions that a command takes. One that begins or continues a rotation takes those of all later steps as well: a
 * rotation that cannot be finished should not begin.
 */
export const rightsFor: Readonly<Record<RotateCommand, readonly SecretPermission[]>> = {
  plan: rotating,
  start: rotating,
  next: continuing,
  status: reading,
  rollback: [...reading, 'secretmanager.secrets.update'],
  emergency: rotating,
};
