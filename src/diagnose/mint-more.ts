import { setTimeout as sleep } from 'node:timers/promises';
import type { Comparison } from '../judge/compare.js';
import type { ObserveContext } from '../observe/context.js';
import type { Plan } from '../observe/plan.js';
import type { MintEndpoint } from '../observe/tokens/mint-endpoint.js';
import type { MintedTokens } from '../observe/tokens/minted-tokens.js';
import type { Minting } from '../observe/tokens/minters.js';

/** Number of additional tokens that show whether replicas sign with different keys. */
const mostMore = 4;

/** Token times have a resolution of one second: after this many milliseconds, a new token has another time. */
const secondMs = 1100;

/**
 * Requests more tokens from mint endpoints that issued a wrong one: they show whether all are signed with one key,
 * and whether an expired token is newly issued or cached.
 */
export async function mintMore(
  plan: Plan,
  { endpoints, tokens }: Minting,
  { signing }: Pick<Comparison, 'signing'>,
  context: ObserveContext,
): Promise<void> {
  if (!plan.followUp.enabled) return;
  const one = async ([name, endpoint]: [string, MintEndpoint]): Promise<void> => {
    if (signing.expired.has(name)) {
      const isFresh = await isIssuedOnRequest(name, endpoint, tokens, context);
      if (isFresh !== null) tokens.markFresh(name, isFresh);
    }
    if (!signing.signsOther.has(name) || signing.mixed.has(name)) return;
    for (let asked = 0; asked < mostMore && !context.signal.aborted; asked += 1) {
      const minted = await endpoint.ask(true);
      if (!minted.ok) return;
      tokens.add(name, minted.value, null);
    }
  };
  await Promise.all([...endpoints].map(one));
}

/** Whether the second token is newer by the elapsed time; `null` if that cannot be determined. */
async function isIssuedOnRequest(
  name: string,
  endpoint: MintEndpoint,
  tokens: MintedTokens,
  context: ObserveContext,
): Promise<boolean | null> {
  const first = await endpoint.ask();
  if (!first.ok || context.signal.aborted) return null;
  tokens.add(name, first.value, null);
  await sleep(secondMs, undefined, { signal: context.signal }).catch(() => {});
  const second = context.signal.aborted ? null : await endpoint.ask();
  if (second === null || !second.ok) return null;
  tokens.add(name, second.value, null);
  const [before, after] = [first.value, second.value].map((token) => token.time('iat') ?? token.time('exp'));
  if (before == null || after == null) return null;
  return after > before && after - before < 5;
}
