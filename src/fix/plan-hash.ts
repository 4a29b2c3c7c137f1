import type { JsonValue, Report } from '../model.js';
import { canonicalJson, jsonDigest } from '../schema/canonical-json.js';
import type { Action } from './action.js';
import type { PlanInput } from './plan-input.js';

/** Hex digits of the whole plan, which `--apply` compares. */
export const hashDigits = 16;

/** `--apply` takes a beginning of this length or longer. */
export const leastDigits = 8;

/** Hex digits of each part, which only serve to say what changed. */
const partDigits = 2;

/** What a plan depends on, in the order of the parts of its hash. */
const parts = {
  configuration: 'the configuration',
  reference: 'the reference',
  findings: 'the findings',
  actions: 'what the actions would do',
} as const;

interface HashInput {
  readonly report: Report;
  readonly known: PlanInput;
  readonly actions: readonly Action[];
}

/**
 * Identifies a plan: the digest of everything that it depends on, followed by a few digits of each part. It depends on no
 * time, no count and no order of answers, so it is the same as long as the world is.
 */
export function hashOf(input: HashInput): string {
  const canonical = canonicalParts(input);
  const whole = jsonDigest(canonical).slice(0, hashDigits);
  return (
    whole +
    keysOf(parts)
      .map((part) => jsonDigest(canonical[part]).slice(0, partDigits))
      .join('')
  );
}

/** Whether a text may be the beginning of a hash. */
export const isHash = (text: string): boolean =>
  new RegExp(`^[0-9a-f]{${leastDigits},${hashDigits + partDigits * keysOf(parts).length}}$`).test(text);

/** Whether a given hash, or its beginning, is the hash of a plan. */
export const isSamePlan = (given: string, current: string): boolean =>
  current.slice(0, hashDigits).startsWith(given.slice(0, hashDigits));

/** What differs between the plan of a hash and another plan, as far as the digits tell. */
export function changedParts(given: string, current: string): string[] {
  return keysOf(parts).flatMap((part, index) => {
    const at = hashDigits + index * partDigits;
    const [before, after] = [given, current].map((text) => text.slice(at, at + partDigits));
    return before?.length === partDigits && before !== after ? [parts[part]] : [];
  });
}

function canonicalParts({ report, known, actions }: HashInput): Record<keyof typeof parts, JsonValue> {
  const { store, configuration } = known;
  const { reference, environment, findings } = report;
  const concerned = new Set(actions.map(({ cause }) => cause));
  return {
    configuration: { environment, configuration },
    reference: {
      participant: reference?.participant ?? null,
      fingerprint: reference?.fingerprint ?? null,
      version: reference?.version ?? null,
      etag: store?.etag ?? null,
      newest: store?.newest ?? null,
      copies: Object.fromEntries(store?.copies ?? []),
      aliases: Object.fromEntries(store?.aliases ?? []),
    },
    findings: findings
      .map(({ code, participants, evidence }) => ({
        code,
        participants: [...participants].sort(),
        // Other findings may carry what changes from run to run.
        evidence: concerned.has(code) ? withoutNumbers(evidence) : null,
      }))
      .map((one) => canonicalJson(one))
      .sort(),
    actions: actions.map((action) => Object.fromEntries(Object.entries(action))),
  };
}

/** Numbers are counts of answers, which depend on chance. */
function withoutNumbers(value: JsonValue): JsonValue {
  if (typeof value === 'number') return null;
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutNumbers(one)]));
}

const keysOf = <K extends string>(record: Readonly<Record<K, string>>): K[] =>
  Object.keys(record).filter((key): key is K => key in record);
