import { publishedOfHeld } from './candidates/published.js';
import type { Observed } from './observe.js';
import { crossCheckOf, type OtherRead, readOthers } from './others.js';
import type { Plan } from './plan.js';
import type { World } from './world.js';

/** What was seen, with what is an alarm even where all agree. */
export interface Examined extends Observed {
  /** References of the environments that must not share the secret. */
  readonly others: readonly OtherRead[];
}

/**
 * While participants are asked: reads the references that must differ. Then looks up whether a secret at hand is one
 * that anybody can look up.
 */
export async function examine(plan: Plan, world: World, observing: Promise<Observed>): Promise<Examined> {
  const mustDiffer = plan.otherReferences.filter((other) => other.crossCheck);
  const [observed, others] = await Promise.all([observing, readOthers(mustDiffer, world)]);
  const { observations, held } = observed;
  const secrets = [...held.values()].map((holds) => holds.secret);
  const published = await publishedOfHeld(secrets, observations.forms, world.fingerprintLength);
  return {
    held,
    others,
    observations: {
      ...observations,
      forms: [...observations.forms, ...published],
      crossChecks: others.map((other) => crossCheckOf(other, world)),
    },
  };
}
