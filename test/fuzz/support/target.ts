import type fc from 'fast-check';

/** One thing that takes input from outside, and what must hold for every input. */
export interface Target<Case = unknown> {
  readonly name: string;
  /** Cases of a run without flags: about ten seconds of one processor. */
  readonly cases: number;
  /** Cases under way at once, where they wait for a network. */
  readonly lanes: number;
  /** Inputs; JSON, so that they can be kept. */
  readonly inputs: fc.Arbitrary<Case>;
  /** Starts what all cases need, such as servers. */
  open(): Promise<Opened<Case>>;
}

export interface Opened<Case> {
  /** Throws where something does not hold. */
  run(input: Case): Promise<void>;
  close(): Promise<void>;
}

/** Something that must hold does not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws Violation */
export function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Violation(what());
}

/** An excerpt of a long text, for a message. */
export const excerpt = (text: string, longest = 2000): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
