import { hash } from 'node:crypto';
import { defaultReach } from '../model.js';

/** One of several equal shares of the participants. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** Which part of an environment one run of a split check observes. */
export interface PartName {
  /** `null`: all of them. */
  readonly shard: Shard | null;
  /** Labels of the networks that the run reaches; `null`: all of them. */
  readonly reach: readonly string[] | null;
}

/** What decides to which part a participant belongs. */
interface Member {
  readonly name: string;
  /** Its label in the configuration. */
  readonly reach: string | undefined;
}

/** The form of a label. A variable is no label: a part is the same on every machine. */
export const reachLabel = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export const reachLabelHelp = 'expected up to 63 letters, digits, dots, hyphens or underscores';

/**
 * The share of a participant, from 1. It depends on its name and the number of shares alone: however the configuration
 * changes, the other participants keep their shares, and every runner computes the same.
 */
export function shardOf(name: string, of: number): number {
  return (Number.parseInt(hash('sha256', name).slice(0, 12), 16) % of) + 1;
}

/** Whether a run reaches the network of a participant. */
export function isReached({ reach = defaultReach }: Pick<Member, 'reach'>, part: PartName): boolean {
  return part.reach === null || part.reach.includes(reach);
}

/** Whether a participant belongs to a part. Each belongs to one shard of one network. */
export function isInPart(member: Member, part: PartName): boolean {
  const { shard } = part;
  return isReached(member, part) && (shard === null || shardOf(member.name, shard.of) === shard.index);
}

/**
 * Whether a run reads the reference. It is compared with everything, so that each run reads it that can: with a label,
 * those that reach its network, otherwise all.
 */
export function readsReference({ reach }: Pick<Member, 'reach'>, part: PartName): boolean {
  return reach === undefined || isReached({ reach }, part);
}
