import { durationText } from '../../schema/duration.js';
import { readErrorOf } from './errors.js';
import { type Exchanged, largestBody, type Progress } from './exchange.js';
import type { HttpRequest, HttpResponse, Outcome } from './network.js';

const stoppedWhile: Readonly<Record<Progress, string>> = {
  connecting: 'no connection came about',
  waiting: 'no answer came',
  reading: 'the answer was not complete',
};

/** What came of a request, as data. `wholeCheck`: it was stopped with the check, not by its own timeout. */
export function outcome(
  result: Exchanged,
  request: HttpRequest,
  what: string,
  wholeCheck: boolean,
): Outcome<HttpResponse> {
  switch (result.is) {
    case 'response':
      return { ok: true, value: result.response };
    case 'failure':
      return {
        ok: false,
        error: readErrorOf(result.error, what, result.progress === 'reading' ? 'during' : 'before'),
      };
    case 'too-large':
      return {
        ok: false,
        error: {
          code: 'too-large',
          message: `${what}: the answer is larger than ${largestBody / 1024} KiB`,
          hint: 'Is that the URL of the right endpoint?',
        },
      };
    case 'encoded':
      return {
        ok: false,
        error: {
          code: 'invalid-response',
          message: `${what}: the answer is compressed, which was not asked for`,
          hint: 'Switch compression off for this endpoint, also in proxies in front of it.',
        },
      };
    case 'stopped':
      return {
        ok: false,
        error: wholeCheck
          ? {
              code: 'timeout',
              message: `${what}: ${stoppedWhile[result.progress]} before the time for the whole check was up`,
              hint: 'Raise `deadline` if the whole check may take longer.',
            }
          : {
              code: 'timeout',
              message: `${what}: ${stoppedWhile[result.progress]} within ${durationText(request.timeoutMs)}`,
              hint: 'Is it reachable from here? Raise `timeout` if it may take longer.',
            },
      };
  }
}
