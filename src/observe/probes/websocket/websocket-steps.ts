import * as z from 'zod';
import type { JsonValue } from '../../../model.js';
import { probeBody } from '../../../schema/fields.js';
import type { Secret } from '../../../secret/secret.js';
import { type MessageMatcher, messageMatcher } from '../matcher.js';
import { fillBody } from '../template.js';

/** A message to wait for. */
const expectation = z.strictObject({
  expect: z
    .union([z.string().min(1), messageMatcher])
    .describe('A text that a message contains, or a condition for a message.'),
});

const message = probeBody.check((ctx) => {
  const { value } = ctx;
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'expect')) {
    ctx.issues.push({
      code: 'custom',
      message: 'expected only `expect`, with a text or a matcher',
      input: value,
    });
  }
});

/** The messages to send and to wait for once the socket is open. */
export const messages = z
  .array(z.union([expectation, message]))
  .min(1)
  .max(32)
  .describe(
    'Messages in order, instead of `message`: JSON or text to send, or { "expect": … } to wait for. {{token}} is replaced by the probe token.',
  );

/** One step of a session. */
export type Step =
  | { readonly is: 'send'; readonly text: string }
  | { readonly is: 'expect'; readonly matcher: MessageMatcher };

/** A configured step with the token inserted. */
export function stepOf(configured: z.output<typeof messages>[number], token: Secret | null): Step {
  if (isExpectation(configured)) {
    const { expect } = configured;
    return { is: 'expect', matcher: typeof expect === 'string' ? { includes: expect } : expect };
  }
  return { is: 'send', text: fillBody(configured, token) };
}

function isExpectation(
  configured: z.output<typeof messages>[number],
): configured is z.output<typeof expectation> {
  return typeof configured === 'object' && configured !== null && Object.hasOwn(configured, 'expect');
}

/** Progress of a session: sent and received messages. */
export class SessionSteps {
  readonly #steps: readonly Step[];
  readonly #matches: (matcher: MessageMatcher, text: string) => boolean;
  #next = 0;
  /** Messages that arrived before a step waited for them. */
  readonly #early: string[] = [];

  constructor(steps: readonly Step[], matches: (matcher: MessageMatcher, text: string) => boolean) {
    this.#steps = steps;
    this.#matches = matches;
  }

  /** Whether nothing is left to send or to wait for. */
  get isOver(): boolean {
    return this.#next === this.#steps.length;
  }

  /** Index of the step to wait for. */
  get waitingFor(): number {
    return this.#next;
  }

  /** Messages to send now. */
  advance(): string[] {
    const sent: string[] = [];
    for (; this.#next < this.#steps.length; this.#next += 1) {
      const step = this.#steps[this.#next];
      if (step?.is === 'send') sent.push(step.text);
      else if (step !== undefined && !this.#takeEarly(step.matcher)) break;
    }
    return sent;
  }

  /** Handles a message. Returns the messages to send now. */
  heard(text: string): string[] {
    if (this.#early.length < mostEarly) this.#early.push(text);
    return this.advance();
  }

  #takeEarly(matcher: MessageMatcher): boolean {
    const index = this.#early.findIndex((text) => this.#matches(matcher, text));
    if (index !== -1) this.#early.splice(index, 1);
    return index !== -1;
  }
}

const mostEarly = 64;

/** The steps of a probe: `messages`, or the one `message`. */
export function stepsOf(
  probe: { readonly messages?: z.output<typeof messages> | undefined },
  single: JsonValue | undefined,
  token: Secret | null,
): Step[] {
  if (probe.messages !== undefined) return probe.messages.map((one) => stepOf(one, token));
  return single === undefined ? [] : [{ is: 'send', text: fillBody(single, token) }];
}
