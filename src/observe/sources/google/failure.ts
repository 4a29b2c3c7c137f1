import { noCommandsVariable } from '../../../config/trust-variables.js';
import type { ReadError, RemedyStep } from '../../../model.js';
import { codeOf } from '../../../system/error-code.js';
import { NetworkError, readErrorOf } from '../../network/network-errors.js';
import { type ApiFailure, apiFailureOf } from './api-failure.js';
import { DeadlineError } from './deadline.js';
import { roleOf, type SecretPermission } from './permissions.js';

/** Missing or invalid credentials: `missing` if none were found, `rejected` if they were not accepted. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  /** `program`: they come from a program, and none may run. */
  readonly stage: 'missing' | 'rejected' | 'program';

  constructor(stage: CredentialsError['stage'], cause: unknown) {
    super(stage, { cause });
    this.stage = stage;
  }
}

/** The secret that was accessed, described with names that are safe to print and to paste. */
export interface Subject {
  readonly project: string;
  readonly secret: string;
  /** `null` for the secret itself. */
  readonly version: string | null;
  /** The permission of the call. */
  readonly permission: SecretPermission;
  readonly location: string | null;
  /** The endpoint, if it is not Google's. */
  readonly endpoint: string | null;
  readonly timeoutMs: number;
}

const signIn = advice(
  { text: 'Sign in:' },
  { command: 'gcloud auth application-default login' },
  {
    text: 'In CI use workload identity, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credentials file.',
  },
);

/** Steps, and the same on one line. */
function advice(...steps: readonly RemedyStep[]): Required<Pick<ReadError, 'hint' | 'steps'>> {
  const words = steps.map((step) => ('command' in step ? `\`${step.command}\`` : step.text));
  return { hint: words.join(' '), steps };
}

/**
 * Explains why a secret could not be read, and what to do. Only codes, reasons and version numbers of an error are
 * used: its texts may contain URLs, headers, or parts of a credentials file.
 */
export function readErrorOfGoogle(error: unknown, subject: Subject): ReadError {
  const what = resource(subject);
  if (error instanceof CredentialsError) return credentials(error, subject);
  if (error instanceof DeadlineError) return late(error, what, subject);
  const failure = apiFailureOf(error);
  if (failure !== null) return byStatus(failure, subject);
  if (isNetworks(error)) return readErrorOf(error, what);
  return { code: 'invalid-response', message: `${what}: the answer cannot be read` };
}

/** Whether an error comes from the connection. Other errors are answers of the wrong format. */
function isNetworks(error: unknown): boolean {
  if (error instanceof NetworkError || codeInCauses(error) !== null) return true;
  return error instanceof Error && error.cause !== undefined && isNetworks(error.cause);
}

function late(error: DeadlineError, what: string, subject: Subject): ReadError {
  if (error.ended) return { code: 'timeout', message: `${what}: cancelled because the check ended` };
  const message = `${what}: no answer within ${subject.timeoutMs} ms`;
  return { code: 'timeout', message, hint: 'Check the network, or raise --timeout.' };
}

function credentials(error: CredentialsError, subject: Subject): ReadError {
  const { cause, stage } = error;
  if (stage === 'program')
    return {
      code: 'unauthenticated',
      message: `the Application Default Credentials run a program, which --no-commands (${noCommandsVariable}) does not allow`,
      hint: 'Use credentials that read a file or a URL, such as workload identity.',
    };
  if (stage === 'missing') {
    if (cause instanceof DeadlineError && cause.ended) return late(cause, resource(subject), subject);
    const message =
      codeInCauses(cause) === 'ENOENT'
        ? 'the credentials file that GOOGLE_APPLICATION_CREDENTIALS names does not exist'
        : cause instanceof SyntaxError
          ? 'the file with the Application Default Credentials is not JSON'
          : cause instanceof DeadlineError || isNothingFound(cause)
            ? 'no Application Default Credentials were found'
            : 'the Application Default Credentials cannot be used';
    return { code: 'unauthenticated', message, ...signIn };
  }
  if (cause instanceof DeadlineError) return late(cause, 'signing in to Google Cloud', subject);
  const status = statusOf(cause);
  if (status === null && isNetworks(cause)) return readErrorOf(cause, 'signing in to Google Cloud');
  const answered = status === null ? '' : ` (status ${status})`;
  return {
    code: 'unauthenticated',
    message: `the Application Default Credentials were rejected${answered}: expired, revoked or not valid`,
    ...signIn,
  };
}

/** The library reports missing credentials as text only. */
function isNothingFound(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Could not load the default credentials');
}

function byStatus(failure: ApiFailure, subject: Subject): ReadError {
  const what = resource(subject);
  switch (failure.status) {
    case 'UNAUTHENTICATED':
      return {
        code: 'unauthenticated',
        message: `${what}: Google Cloud did not accept the credentials`,
        ...signIn,
      };
    case 'PERMISSION_DENIED':
      return denied(failure, subject);
    case 'NOT_FOUND':
      return notFound(subject);
    case 'FAILED_PRECONDITION':
      if (failure.state !== null)
        return notEnabled(failure.state, failure.version ?? subject.version ?? '', subject);
      break;
    case 'DEADLINE_EXCEEDED':
      return late(new DeadlineError(false), what, subject);
    case 'CANCELLED':
      return late(new DeadlineError(true), what, subject);
    case 'UNAVAILABLE':
      if (failure.network !== null)
        return { ...failure.network, message: `${what}: ${failure.network.message}` };
      break;
  }
  if (failure.http !== null && failure.http >= 300 && failure.http < 400) {
    return {
      code: 'redirect',
      message: `${what}: answered a redirect (status ${failure.http}), which is not followed`,
    };
  }
  const message =
    failure.status === null
      ? `${what}: the answer is not from Secret Manager (status ${failure.http})`
      : `${what}: Secret Manager answered ${failure.status}${failure.reason === null ? '' : ` (${failure.reason})`}`;
  if (failure.status === null && subject.endpoint !== null) {
    return { code: 'http-status', message, hint: 'Check `endpoint` and SECRET_MANAGER_EMULATOR_HOST.' };
  }
  return { code: 'http-status', message };
}

function denied(failure: ApiFailure, subject: Subject): ReadError {
  const { project } = subject;
  if (failure.reason === 'SERVICE_DISABLED') {
    return {
      code: 'permission-denied',
      message: `the Secret Manager API is not enabled in project ${project}`,
      ...advice(
        { text: 'Enable it:' },
        { command: `gcloud services enable secretmanager.googleapis.com --project=${project}` },
      ),
    };
  }
  if (failure.reason === 'CONSUMER_INVALID' || failure.reason === 'USER_PROJECT_DENIED') {
    return {
      code: 'permission-denied',
      message: `the quota project of the credentials cannot be used (${failure.reason})`,
      ...advice(
        { text: 'Set a quota project that the account may use:' },
        { command: `gcloud auth application-default set-quota-project ${project}` },
      ),
    };
  }
  if (failure.reason === 'SECURITY_POLICY_VIOLATED') {
    return {
      code: 'permission-denied',
      message: `${resource(subject)}: blocked by VPC Service Controls`,
      hint: 'Run it inside the perimeter, or allow this caller by an ingress rule.',
    };
  }
  const role = roleOf[subject.permission];
  return {
    code: 'permission-denied',
    message: `${resource(subject)}: permission ${subject.permission} was denied, or the secret does not exist`,
    ...advice(
      { text: `The account needs ${role}:` },
      {
        command: `gcloud secrets add-iam-policy-binding ${place(subject)} --role=${role} --member="serviceAccount:EMAIL"`,
      },
      { text: 'Also check the names of the project and the secret.' },
    ),
  };
}

function notFound(subject: Subject): ReadError {
  if (subject.version === null) {
    const list = `gcloud secrets list --project=${subject.project}`;
    const message = `${base(subject)}: the secret does not exist`;
    return { code: 'not-found', message, ...advice({ text: 'List the secrets:' }, { command: list }) };
  }
  const list = `gcloud secrets versions list ${place(subject)}`;
  const message =
    subject.version === 'latest'
      ? `${resource(subject)}: the secret does not exist, or has no version`
      : `${resource(subject)}: the secret or this version does not exist`;
  // A list of versions does not show their aliases.
  const isAlias = subject.version !== 'latest' && !/^\d+$/.test(subject.version);
  const aliases = [
    { text: `Then see where the aliases point; ${subject.version} may be missing:` },
    { command: `gcloud secrets describe ${place(subject)} --format="yaml(versionAliases)"` },
  ];
  return {
    code: 'not-found',
    message,
    ...advice({ text: 'List the versions:' }, { command: list }, ...(isAlias ? aliases : [])),
  };
}

function notEnabled(state: 'DISABLED' | 'DESTROYED', version: string, subject: Subject): ReadError {
  const fallsBack = subject.version === 'latest' ? '; `latest` does not fall back to an older one' : '';
  const message = `${base(subject)}: version ${version} is ${state.toLowerCase()}${fallsBack}`;
  if (state === 'DISABLED') {
    const enable = `gcloud secrets versions enable ${version} --secret=${place(subject)}`;
    return {
      ...{ code: 'version-disabled', message },
      ...advice({ text: 'Enable it, or add a new version:' }, { command: enable }),
    };
  }
  const add = `gcloud secrets versions add ${place(subject)} --data-file=FILE`;
  return {
    ...{ code: 'version-destroyed', message },
    ...advice({ text: 'It cannot be restored. Add a new version:' }, { command: add }),
  };
}

const base = ({ project, location, secret }: Subject): string =>
  `projects/${project}${location === null ? '' : `/locations/${location}`}/secrets/${secret}`;

const resource = (subject: Subject): string =>
  subject.version === null ? base(subject) : `${base(subject)}/versions/${subject.version}`;

/** The secret as arguments of gcloud. */
const place = ({ project, location, secret }: Subject): string =>
  `${secret} --project=${project}${location === null ? '' : ` --location=${location}`}`;

function codeInCauses(error: unknown): string | null {
  return codeOf(error) ?? (error instanceof Error && 'cause' in error ? codeInCauses(error.cause) : null);
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  return typeof error.status === 'number' ? error.status : null;
}
