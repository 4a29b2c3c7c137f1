import type { Attempt, Observations } from '../../../model.js';
import { oneLine } from '../../../schema/shell-quote.js';
import { type Answer, sameAnswer } from '../../compare-answers.js';
import { countsAsRejection } from '../../inconclusive-answers.js';
import { type Advice, command, text } from '../../remedy-steps.js';
import { baselineOf } from '../../responses.js';

/** The other answers of the probe. */
interface OtherAnswers {
  /** The answer to forged tokens, if all of them were rejected with a different answer. */
  readonly forged?: Answer | undefined;
  /** It answered another token. */
  readonly answers?: boolean;
  /** It accepted a valid token, so that it is there and understands the request. */
  readonly acceptsValid?: boolean;
  /** It redirects valid and forged tokens to different locations. */
  readonly redirectsApart?: boolean;
}

/** The advice for an inconclusive answer, by its status, close code or failure. */
export function probeHint(attempt: Attempt, kind: string | undefined, others: OtherAnswers = {}): Advice {
  if (others.forged !== undefined) return passedHint(attempt, others.forged);
  const { status, closeCode, reason, participant, probe } = attempt;
  const where = `\`url\` of the probe ${oneLine(probe)} of ${oneLine(participant)}`;
  const name = oneLine(participant);
  switch (reason) {
    case 'dns':
      return `The host name in the ${where} does not resolve: check it, and the DNS from here.`;
    case 'connection':
      if (others.answers === true)
        return `${name} closes the connection for such a token, but answers others: check its log, and that of the proxy in front of it.`;
      return `Is ${name} running, and are the host and the port in the ${where} right?`;
    case 'tls':
      return `Check the certificate of the host in the ${where}; for a private authority set \`tls.ca\` of the probe.`;
    case 'timeout':
      if (kind === 'websocket' && status === 101) return openHint(attempt);
      if (others.answers === true)
        return `${name} answers other tokens in time: raise \`timeout\` of the probe ${oneLine(probe)} if this answer may take longer; if not, check its log.`;
      return `Is ${name} reachable from here? Raise \`timeout\` of the probe ${oneLine(probe)} if an answer may take longer.`;
    case 'too-large':
      return `Check the ${where}: the answer is larger than the limit.`;
  }
  if (closeCode !== null && status !== null && status < 400) return closedHint(attempt, where);
  if (status === null) return matcherHint(attempt);
  if (status >= 300 && status < 400 && others.redirectsApart === true)
    return `It redirects a valid token to another place than a forged one, and a matcher sees only the status. Set the ${where} to one that answers itself, such as the address to which a valid token is sent.`;
  const isRedirect = status >= 300 && status < 400;
  const isOfToken =
    others.acceptsValid === true && status >= 400 && status < 500 && countsAsRejection(attempt);
  if (attempt.token !== 'genuine' && (isRedirect || isOfToken))
    return [
      text(
        `If that ${isRedirect ? 'redirect' : 'answer'} is how ${name} rejects tokens, add to the probe ${oneLine(probe)}:`,
      ),
      command(rejectedMatcher('status', [...defaultStatuses, status])),
    ];
  if (isRedirect)
    return `It redirects, and redirects are not followed. Set the ${where} to the final address. If that is a login page, this is how it rejects: add ${status} to \`rejected.status\`.`;
  if (status === 404 || status === 410)
    return `Check the path in the ${where}: nothing answers there.${kind === 'websocket' ? '' : ' Check `method`, too.'}`;
  if (status === 405) return `Check \`method\` of the probe ${oneLine(probe)}: that path does not allow it.`;
  if (status === 400 || status === 415 || status === 422)
    return `${name} did not understand the request: compare \`method\`, \`headers\` and \`body\` of the probe with a real request. If this is how it rejects a token, add ${status} to \`rejected.status\`.`;
  if (status === 426)
    return `The ${where} expects a WebSocket, or another version of it: check \`kind\` and the path.`;
  if (status === 429)
    return `${name} limits the rate: exempt the address of the probe, present fewer controls, or raise \`interval\`.`;
  if (status === 502 || status === 503 || status === 504)
    return `The gateway in front of ${name} does not reach it (${status}): is it running? Check the log of the gateway.`;
  if (status >= 500)
    return `Check the log of ${name}: it failed (${status}) on this request. If it does so for every rejected token, add ${status} to \`rejected.status\`.`;
  return matcherHint(attempt);
}

/** An error for the valid token while forged ones are rejected: it is not how this service rejects tokens. */
function passedHint({ status, participant, probe }: Attempt, forged: Answer): string {
  const name = oneLine(participant);
  const reason = `A forged token is rejected (${forged.detail}), so this is not how ${name} rejects tokens.`;
  if (status === 404 || status === 410)
    return `${reason} Check the path in the \`url\` of the probe ${oneLine(probe)}, and \`method\`; and check that \`token.subject\` names an existing user.`;
  if (status === 502 || status === 503 || status === 504)
    return `${reason} It does not answer every time, or not to this token: check its log and that of its gateway (${status}), then check again.`;
  return `${reason} Check its log for what failed (${status}) after the token was read: does it need an existing user as \`token.subject\`, or another request (\`method\`, \`headers\`, \`body\`)?`;
}

/** A socket that is open and did not send the expected message. */
function openHint({ participant, probe, said }: Attempt): string {
  const spoke = said !== undefined && said.words.length > 0 ? ' after what it said' : '';
  return `If ${oneLine(participant)} waits for another message${spoke}, list what is to be sent, and what is to be waited for, in \`messages\` of the probe ${oneLine(probe)}; if it only needs longer, raise \`settle\`.`;
}

function closedHint({ closeCode, participant, probe }: Attempt, where: string): string {
  const name = oneLine(participant);
  if (closeCode === 1011)
    return `Check the log of ${name}: it failed while it handled the connection (1011).`;
  if (closeCode === 1006)
    return `The connection broke off without a close code: check the log of ${name}, and that of the proxy in front of it.`;
  if (closeCode === 1012 || closeCode === 1013)
    return `${name} is restarting or overloaded (${closeCode}): check again in a minute.`;
  if (closeCode === 1002 || closeCode === 1003 || closeCode === 1007)
    return `${name} did not understand what was sent (${closeCode}): check \`via\`, \`subprotocols\` and \`message\` of the probe ${oneLine(probe)}, and the ${where}.`;
  return `If ${closeCode} is how ${name} rejects a token, add it to \`rejected.closeCodes\` of the probe ${oneLine(probe)}.`;
}

const matcherHint = ({ participant, probe }: Attempt): string =>
  `Look at that answer, then configure what it means in the probe ${oneLine(probe)} of ${oneLine(participant)}: \`accepted\`, \`rejected\`, \`misconfigured\`.`;

/** The default of `rejected`: HTTP statuses, WebSocket close codes. */
const defaultStatuses: readonly number[] = [401, 403];
const defaultCloseCodes: readonly number[] = [1008, 4001, 4003, 4401, 4403];

/**
 * The matcher that makes an answer a rejection, as text to paste into a probe. Only for an answer that a forged token
 * gets as well, and that no accepted token could get: `null` for an open socket, and for a page with status 200.
 */
export function proposedRejection(attempt: Attempt, observations: Observations): string | null {
  const { status, closeCode, participant, probe } = attempt;
  const { forged } = baselineOf(observations, participant, probe);
  if (forged.length === 0 || !forged.every((other) => sameAnswer(attempt, other))) return null;
  if (closeCode !== null) {
    return closeCode === 1006 ? null : rejectedMatcher('closeCodes', [closeCode, ...defaultCloseCodes]);
  }
  if (status === null || status < 300) return null;
  return rejectedMatcher('status', [...defaultStatuses, status]);
}

const rejectedMatcher = (name: 'status' | 'closeCodes', values: readonly number[]): string =>
  `"rejected": { "${name}": [${[...new Set(values)].sort((a, b) => a - b).join(', ')}] }`;
