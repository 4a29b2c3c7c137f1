import type { FailOn } from '../../src/judge/exit-code.js';
import { judge } from '../../src/judge/judge.js';
import type { Observation, Observations, Report } from '../../src/model.js';
import type { PartName, Plan } from '../../src/observe/plan.js';
import { arrange } from '../../src/parts/arrange.js';
import { type Merged, mergeParts } from '../../src/parts/merge.js';
import { type Part, partOf } from '../../src/parts/part.js';
import { type NamedPart, readParts } from '../../src/parts/read-part.js';
import { withoutProofs } from '../../src/parts/unverified.js';
import { jsonLine } from '../../src/report/text/json-text.js';

const digest = 'a'.repeat(64);

/** The plan of a part, as far as a document depends on it. */
function planOf(observations: Observations, observed: ReadonlySet<string>, part: PartName | null): Plan {
  const planned = observations.participants.map(({ name, role, required }) => ({
    name,
    required,
    settings: { role, optional: false },
  }));
  return {
    environment: observations.environment,
    reference: observations.reference,
    configuredReference: observations.reference,
    participants: planned.filter(({ name }) => observed.has(name)),
    token: { algorithm: 'HS256', subject: '', ttl: 60_000, header: {}, claims: {}, types: { access: {} } },
    controls: [],
    retiredVersion: null,
    currency: 'USD',
    fallbacks: [],
    crossReferences: [],
    concurrency: 1,
    followUp: { enabled: true, maxAttempts: 1 },
    ...(part === null ? {} : { share: { part, observed, all: planned } }),
  };
}

/** Whether every part reads it: the reference, holders of secrets, and issuers of tokens. */
const isEverywhere = ({ name, reading, source }: Observation, reference: string | null): boolean =>
  name === reference || reading?.keyBytes != null || source === 'mint';

/**
 * What one part of a check sees.
 * @param isOwn whether the part observes a participant as a whole
 * @param isToken whether the part received the nth of the issued tokens
 */
export function partSeen(
  whole: Observations,
  part: PartName | null,
  isOwn: (name: string) => boolean,
  isToken: (index: number) => boolean = () => true,
): Part {
  const observed = new Set(whole.participants.map(({ name }) => name).filter(isOwn));
  const { attempts, followUps, participants, mintedTokens = [] } = whole;
  const seen = participants.filter((one) => observed.has(one.name) || isEverywhere(one, whole.reference));
  const part_ = {
    ...whole,
    participants: seen.map((one) => (observed.has(one.name) ? one : { ...one, probes: [] })),
    attempts: attempts.filter(({ participant }) => observed.has(participant)),
    followUps: followUps.filter(({ participant }) => observed.has(participant)),
    mintedTokens: mintedTokens.filter((_, index) => isToken(index)),
  };
  return partOf(part_, planOf(whole, observed, part), {
    ...{ configuration: digest, selection: digest, emulators: [] },
    label: (text) => text,
  });
}

/** Documents, after they were written and read again. */
export function named(parts: readonly Part[]): [NamedPart, ...NamedPart[]] {
  const all = parts.map((part, index): NamedPart => {
    const [read] = readParts(jsonLine(part));
    if (read?.ok !== true) throw new Error(read?.message ?? 'nothing was read');
    return { path: `part-${index + 1}.json`, part: read.part };
  });
  const [first, ...rest] = all;
  if (first === undefined) throw new Error('no parts');
  return [first, ...rest];
}

/** The observations of documents. */
export function mergedOf(parts: readonly Part[]): Merged {
  const arranged = arrange(named(parts));
  if (!arranged.ok) throw new Error(arranged.problems.map(({ message }) => message).join('; '));
  return mergeParts(arranged);
}

/** The report about documents. */
export function judgedTogether(parts: readonly Part[], failOn: FailOn = 'critical'): Report {
  return judge(withoutProofs(mergedOf(parts).observations), { failOn });
}
