/** google.rpc.Code by name, with the corresponding HTTP status (https://cloud.google.com/apis/design/errors). */
const httpStatus = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
} as const;

export type ApiStatus = keyof typeof httpStatus;

/** An error as Google's APIs answer it: an HTTP status and a JSON body (AIP-193). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ApiStatus;
  readonly details: readonly { readonly [key: string]: unknown }[];

  constructor(status: ApiStatus, message: string, details: readonly { [key: string]: unknown }[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }

  get httpStatus(): number {
    return httpStatus[this.status];
  }

  body(): unknown {
    const details = this.details.length === 0 ? {} : { details: this.details };
    return { error: { code: this.httpStatus, message: this.message, status: this.status, ...details } };
  }
}

/**
 * The machine-readable reason of a failure
 * (https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto).
 */
function errorInfo(reason: string, domain: string, metadata: Record<string, string>) {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata };
}

/** A field of the request that the API rejects. */
export function invalidArgument(field: string, description: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', description, [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] },
  ]);
}

/**
 * Not ABORTED, which AIP-154 requires: Secret Manager is older (https://cloud.google.com/secret-manager/docs/etags).
 */
export function staleEtag(): ApiError {
  return new ApiError(
    'FAILED_PRECONDITION',
    "The etag provided in the request does not match the resource's current etag. Please retry the whole read-modify-write with exponential backoff.",
  );
}

/** A missing permission and a missing resource get the same error: the API does not reveal which one it is. */
export function permissionDenied(permission: string, resource: string): ApiError {
  return new ApiError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', 'iam.googleapis.com', { permission, resource })],
  );
}

export function unauthenticated(method: string, sent: boolean): ApiError {
  const problem = sent
    ? 'Request had invalid authentication credentials.'
    : 'Request is missing required authentication credential.';
  return new ApiError(
    'UNAUTHENTICATED',
    `${problem} Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.`,
    [
      errorInfo(sent ? 'ACCESS_TOKEN_TYPE_UNSUPPORTED' : 'CREDENTIALS_MISSING', 'googleapis.com', {
        method: `google.cloud.secretmanager.v1.SecretManagerService.${method}`,
        service: 'secretmanager.googleapis.com',
      }),
    ],
  );
}
