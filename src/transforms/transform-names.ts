/** Common names of a secret in documents. */
export const fieldNames = [
  'JWT_SECRET',
  'secret',
  'key',
  'value',
  'JWT_SECRET_KEY',
  'jwt_secret',
  'jwtSecret',
  'jwt-secret',
  'SECRET_KEY',
  'k',
  'token',
  'password',
  'data',
  'jwt',
  'jwt_secret_key',
  'secret_key',
  'secretKey',
  'SecretString',
] as const;

/** Common variables for JWT secrets. */
export const variableNames = [
  'JWT_SECRET',
  'SECRET',
  'JWT_SECRET_KEY',
  'SECRET_KEY',
  'JWT_KEY',
  'KEY',
  'AUTH_SECRET',
  'APP_KEY',
  'APP_SECRET',
  'TOKEN_SECRET',

  'ACCESS_TOKEN_SECRET',
  'REFRESH_TOKEN_SECRET',

  'JWT_SIGNING_KEY',
  'SIGNING_KEY',
  'SIGNING_SECRET',
  'HMAC_SECRET',

  'SESSION_SECRET',
  'NEXTAUTH_SECRET',
  'SECRET_KEY_BASE',

  'SUPABASE_JWT_SECRET',

  'HASURA_GRAPHQL_JWT_SECRET',

  'PASSWORD',
  'TOKEN',

  'jwt_secret',
  'jwt-secret',
  'jwtSecret',
  'jwt.secret',
  'secret',

  'key',
  'value',
  'password',
  'token',
  'data',
] as const;

/** Whether a name may be shown: any other one may be a part of the secret. */
export const isCommonName = (name: string): boolean => common.has(name);

const common: ReadonlySet<string> = new Set<string>([...fieldNames, ...variableNames]);
