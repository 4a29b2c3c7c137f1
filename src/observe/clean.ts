import type { Observations } from '../model.js';
import { Secret } from '../secret.js';

/**
 * Takes secrets and tokens out of every word that came from the world. Our own words are left alone: a secret such
 * as "secret" would make them unreadable, and they hold nothing that was expanded.
 */
export function clean(observations: Observations, secrets: Iterable<Secret>): Observations {
  const redact = Secret.redactor(secrets);
  const orNull = (text: string | null): string | null => (text === null ? null : redact(text));
  return {
    ...observations,
    participants: observations.participants.map((p) => ({
      ...p,
      error: p.error === null ? null : { ...p.error, message: redact(p.error.message) },
      reading:
        p.reading === null
          ? null
          : {
              ...p.reading,
              version: p.source === 'http' ? orNull(p.reading.version) : p.reading.version,
              instances: p.reading.instances.map((i) => ({ ...i, instance: orNull(i.instance) })),
            },
    })),
    attempts: observations.attempts.map((a) => ({ ...a, detail: redact(a.detail) })),
    trials: observations.trials.map((t) => ({ ...t, detail: redact(t.detail) })),
    crossChecks: observations.crossChecks.map((c) => ({
      ...c,
      error: c.error === null ? null : { ...c.error, message: redact(c.error.message) },
    })),
  };
}
