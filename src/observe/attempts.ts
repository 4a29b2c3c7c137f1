import { probeNames } from '../config/probe-names.js';
import type { ProbeSettings } from '../config/schema.js';
import type { Attempt, StandardControl } from '../model.js';
import type { Secret } from '../secret/secret.js';
import type { ObserveContext } from './context.js';
import type { Outcome } from './network/network.js';
import type { Plan, PlannedParticipant } from './plan.js';
import { present } from './probes/presenter.js';
import { type RetiredSigner, retiredToken } from './retired-key.js';
import { controlToken, mintToken, needsKey } from './tokens/mint.js';
import type { Minter, RankedMinters, ReadyToken } from './tokens/minters.js';

/** The keys whose tokens are presented as valid ones while a rotation is open. */
export interface RotatingKeys {
  /** The version of the reference. */
  readonly reference: string;
  readonly other: { readonly version: string; readonly key: Secret } | null;
}

/** One presentation of a token that is not minted yet. */
export interface PlannedAttempt {
  readonly participant: string;
  readonly probe: string;
  readonly settings: ProbeSettings;
  readonly minter: string | null;
  readonly token: Attempt['token'];
  readonly tokenType: string | null;
  /** For the control `retired`, and for tokens of the reference while a rotation is open. */
  readonly version?: string;
  /** Only for the control `retired`. */
  readonly backdated?: boolean;
  mint(): Promise<Outcome<ReadyToken>>;
}

/**
 * The attempts of one participant in the order of presentation: tokens that must be accepted come first. A service
 * may count rejected tokens and then reject everything, so that all other tokens wait for the answers to these.
 */
export interface Rounds {
  readonly valid: readonly PlannedAttempt[];
  /** Tokens signed with other keys than the right one, then the controls. */
  readonly invalid: readonly PlannedAttempt[];
}

/**
 * Plans the attempts of one participant.
 * @param minters minters whose tokens must be accepted, and the others
 * @param retired the keys of the control `retired`
 * @param rotation the version of the reference, and another one whose tokens must be accepted as well
 */
export function plannedAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  context: ObserveContext,
  { trusted, others }: RankedMinters,
  retired: readonly RetiredSigner[],
  rotation: RotatingKeys | null,
): Rounds {
  const signer = [...trusted, ...others].find((minter) => minter.key !== null) ?? null;
  return {
    valid: [
      ...genuineAttempts(plan, participant, context, trusted, rotation),
      ...(rotation?.other == null ? [] : otherAttempts(plan, participant, context, rotation.other)),
    ],
    invalid: [
      ...genuineAttempts(plan, participant, context, others, rotation),
      ...controlAttempts(plan, participant, context, signer),
      ...retired.flatMap((one) => retiredAttempts(plan, participant, context, one)),
    ],
  };
}

function genuineAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  context: ObserveContext,
  minters: readonly Minter[],
  rotation: RotatingKeys | null,
): PlannedAttempt[] {
  return probesOf(participant, context).flatMap(({ probe, settings }) =>
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
            ...(rotation !== null && minter.name === plan.reference && minter.key !== null
              ? { version: rotation.reference }
              : {}),
            mint: () => minter.mint(type),
          }),
        ),
      ),
    ),
  );
}

/** Tokens of the other key of a rotation. */
function otherAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  context: ObserveContext,
  { version, key }: { readonly version: string; readonly key: Secret },
): PlannedAttempt[] {
  const name = plan.reference ?? '';
  const minter: Minter = {
    name,
    key,
    async mint(type) {
      const token = { key, settings: plan.token, type, now: context.now() };
      return { ok: true, value: { secret: await mintToken(token) } };
    },
  };
  return genuineAttempts(plan, participant, context, [minter], { reference: version, other: null });
}

function controlAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  context: ObserveContext,
  signer: Minter | null,
): PlannedAttempt[] {
  const possible = plan.controls
    .filter((control) => control !== 'retired')
    .filter((control) => signer !== null || !needsKey(control));
  return probesOf(participant, context).flatMap(({ probe, settings }) => {
    const [type = 'access'] = tokenTypes(plan, settings);
    const minted = (control: StandardControl): Promise<Secret | null> => {
      const key = signer?.key ?? null;
      return controlToken(control, { settings: plan.token, type, now: context.now(), key });
    };
    // The forged token is presented first: after one rejection a service may look at no other, and a token that needs no
    // signature would overtake it.
    let forged: Promise<Secret | null> | null = null;
    const mintForged = (): Promise<Secret | null> => {
      forged ??= minted('forged');
      return forged;
    };
    return possible.map(
      (control): PlannedAttempt => ({
        participant: participant.name,
        probe,
        settings,
        minter: needsKey(control) ? (signer?.name ?? null) : null,
        token: control,
        tokenType: control === 'missing' ? null : type,
        async mint() {
          const first = possible.includes('forged') ? await mintForged() : null;
          return { ok: true, value: { secret: control === 'forged' ? first : await minted(control) } };
        },
      }),
    );
  });
}

/** Tokens of an earlier key. As for valid tokens, samples meet other replicas: one of them may have kept the key. */
function retiredAttempts(
  plan: Plan,
  participant: PlannedParticipant,
  context: ObserveContext,
  signer: RetiredSigner,
): PlannedAttempt[] {
  return probesOf(participant, context).flatMap(({ probe, settings }) =>
    tokenTypes(plan, settings).flatMap((type) =>
      [false, true].flatMap((backdated) =>
        Array.from(
          { length: settings.samples },
          (): PlannedAttempt => ({
            participant: participant.name,
            probe,
            settings,
            minter: plan.reference,
            token: 'retired',
            tokenType: type,
            version: signer.version,
            backdated,
            async mint() {
              const token = { settings: plan.token, type, now: context.now() };
              return { ok: true, value: { secret: await retiredToken(signer, backdated, token) } };
            },
          }),
        ),
      ),
    ),
  );
}

/** The probes of a participant, each with a name that is safe to print. */
export function probesOf(
  participant: PlannedParticipant,
  context: Pick<ObserveContext, 'label'>,
): { probe: string; settings: ProbeSettings }[] {
  const configured = participant.settings.probes ?? [];
  const names = probeNames(configured, context.label);
  return configured.map((settings, index) => ({ probe: names[index] ?? settings.kind, settings }));
}

/** The token types of a probe: those it names, or the first of the configuration. */
function tokenTypes(plan: Plan, settings: ProbeSettings): string[] {
  return settings.tokenTypes ?? Object.keys(plan.token.types).slice(0, 1);
}

/** Whether a minted token is deferred instead of presented. */
export type Postpone = (planned: PlannedAttempt, minted: Outcome<ReadyToken>) => boolean;

/**
 * Mints the token and presents it. Every failure is an inconclusive attempt.
 * @param next the next position in the order of presentation
 * @returns `null` if the token was deferred
 */
export async function attempt(
  planned: PlannedAttempt,
  context: ObserveContext,
  next: () => number,
  isPutOff: Postpone = () => false,
): Promise<Attempt | null> {
  const started = performance.now();
  const { participant, probe, minter, token, tokenType, version, backdated, settings } = planned;
  const ofKey = {
    ...(version === undefined ? {} : { version }),
    ...(backdated === undefined ? {} : { backdated }),
  };
  const common = { participant, probe, minter, token, tokenType, ...ofKey };
  const expected = token === 'genuine' ? 'accepted' : 'rejected';
  const nothing = { result: 'inconclusive', status: null, closeCode: null } as const;
  const minted = context.signal.aborted ? null : await planned.mint();
  if (minted === null || context.signal.aborted) {
    const detail = 'not tried: the time for the whole check was over';
    return { ...common, expected, ...nothing, detail, latencyMs: 0, reason: 'timeout' };
  }
  if (!minted.ok) {
    const detail = `${minter} did not mint a usable token: ${minted.error.message}`;
    return { ...common, expected, ...nothing, detail, latencyMs: elapsed(started), reason: 'not-minted' };
  }
  if (isPutOff(planned, minted)) return null;
  const presented = performance.now();
  const sequence = next();
  const { secret } = minted.value;
  const outcome = await present(settings, secret, context);
  const latencyMs = elapsed(presented);
  return { ...common, expected, ...outcome, latencyMs, sequence, minted: minted.value.minted };
}

/** Whole milliseconds since `start`, a value of `performance.now()`. */
export function elapsed(start: number): number {
  return Math.round(performance.now() - start);
}
