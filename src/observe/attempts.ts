import { probeNames } from '../config/probe-names.js';
import type { ProbeSettings } from '../config/schema.js';
import type { Attempt, Control } from '../model.js';
import type { Secret } from '../secret.js';
import type { Minter } from './minters.js';
import type { Outcome } from './network/network.js';
import type { Plan, PlannedParticipant } from './plan.js';
import { controlToken, needsKey } from './probes/mint.js';
import { presenterOf } from './probes/presenter.js';
import type { World } from './world.js';

/** One token to be presented once, not yet minted. */
export interface PlannedAttempt {
  readonly participant: string;
  readonly probe: string;
  readonly settings: ProbeSettings;
  readonly minter: string | null;
  readonly token: Attempt['token'];
  readonly tokenType: string | null;
  mint(): Promise<Outcome<Secret | null>>;
}

/** The attempts that need nobody's secret, and so need not wait for one. */
export function keylessAttempts(plan: Plan, participant: PlannedParticipant, world: World): PlannedAttempt[] {
  return controlAttempts(plan, participant, world, null, (control) => !needsKey(control));
}

/** The attempts with genuine tokens, and with those made from genuine ones by whoever is most likely right. */
export function keyedAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  world: World,
  minters: readonly Minter[],
): PlannedAttempt[] {
  const genuine = probesOf(participant, world).flatMap(({ probe, settings }) =>
    minters.flatMap((minter) =>
      tokenTypes(plan, settings).flatMap((type) =>
        Array.from(
          { length: settings.samples },
          (): PlannedAttempt => ({
            participant: participant.name,
            probe,
            settings,
            minter: minter.name,
            token: 'genuine',
            tokenType: type,
            mint: () => minter.mint(type),
          }),
        ),
      ),
    ),
  );
  const signer = minters.find((minter) => minter.key !== null);
  if (signer === undefined) return genuine;
  return [...genuine, ...controlAttempts(plan, participant, world, signer, needsKey)];
}

function controlAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  world: World,
  signer: Minter | null,
  wanted: (control: Control) => boolean,
): PlannedAttempt[] {
  return probesOf(participant, world).flatMap(({ probe, settings }) =>
    plan.controls.filter(wanted).map((control): PlannedAttempt => {
      const [type = 'access'] = tokenTypes(plan, settings);
      return {
        participant: participant.name,
        probe,
        settings,
        minter: signer?.name ?? null,
        token: control,
        tokenType: control === 'missing' ? null : type,
        async mint() {
          const key = signer?.key ?? null;
          const token = { settings: plan.token, type, now: world.now(), key };
          return { ok: true, value: await controlToken(control, token) };
        },
      };
    }),
  );
}

/** A participant's probes, each with what it is called, fit to be shown. */
export function probesOf(
  participant: PlannedParticipant,
  world: Pick<World, 'label'>,
): { probe: string; settings: ProbeSettings }[] {
  const configured = participant.settings.probes ?? [];
  const names = probeNames(configured, world.label);
  return configured.map((settings, index) => ({ probe: names[index] ?? settings.kind, settings }));
}

/** The types of token that a probe is given: those it names, or else the first. */
function tokenTypes(plan: Plan, settings: ProbeSettings): string[] {
  return settings.tokenTypes ?? Object.keys(plan.token.types).slice(0, 1);
}

/** Mints the token and presents it. Whatever fails on the way is inconclusive. */
export async function attempt(planned: PlannedAttempt, world: World): Promise<Attempt> {
  const started = performance.now();
  const { participant, probe, minter, token, tokenType, settings } = planned;
  const common = { participant, probe, minter, token, tokenType };
  const expected = token === 'genuine' ? 'accepted' : 'rejected';
  const nothing = { result: 'inconclusive', status: null, closeCode: null } as const;
  const minted = world.signal.aborted ? null : await planned.mint();
  if (minted === null || world.signal.aborted) {
    const detail = 'not tried: the time for the whole check was over';
    return { ...common, expected, ...nothing, detail, latencyMs: 0, reason: 'timeout' };
  }
  if (!minted.ok) {
    const detail = `${minter} did not mint a token: ${minted.error.message}`;
    return { ...common, expected, ...nothing, detail, latencyMs: elapsed(started), reason: 'not-minted' };
  }
  const presented = performance.now();
  const outcome = await presenterOf(settings).attempt(settings, minted.value, world);
  return { ...common, expected, ...outcome, latencyMs: elapsed(presented) };
}

/** Whole milliseconds since `performance.now()` said `start`. */
export function elapsed(start: number): number {
  return Math.round(performance.now() - start);
}
