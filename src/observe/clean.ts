import type { Observations, Said } from '../model.js';
import { Secret } from '../secret.js';

/** A service may call itself and its version what it likes, up to so many characters. */
const longestName = 128;

/** What a probe saw and was told, in characters. */
const longestDetail = 160;

/** One of a service's words, in characters: long enough for what libraries say. */
const longestWord = 400;

/**
 * Takes secrets and tokens out of every word that came from the world, and only then cuts it: half a secret is not
 * recognised any more. Our own words are left alone: a secret such
 * as "secret" would make them unreadable, and they hold nothing that was expanded.
 */
export function clean(observations: Observations, secrets: Iterable<Secret>): Observations {
  const redact = Secret.redactor(secrets);
  const name = (text: string | null): string | null =>
    text === null ? null : cut(redact(text), longestName);
  const detail = (text: string): string => cut(redact(text), longestDetail);
  const text = (value: string): string => cut(redact(value), longestWord);
  const said = (heard: Said | undefined): Said | undefined =>
    heard && {
      words: heard.words.map(text),
      form: heard.form,
      members: Object.fromEntries(
        Object.entries(heard.members).map(([pointer, value]) => [
          text(pointer),
          typeof value === 'string' ? text(value) : value,
        ]),
      ),
      layer: heard.layer === null ? null : text(heard.layer),
      location: heard.location === null ? null : text(heard.location),
    };
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
              version: p.source === 'http' ? name(p.reading.version) : p.reading.version,
              instances: p.reading.instances.map((i) => ({ ...i, instance: name(i.instance) })),
              ...(p.reading.proofs === undefined
                ? {}
                : {
                    proofs: p.reading.proofs.map((proof) => ({
                      ...proof,
                      instance: name(proof.instance),
                      inNameOf: name(proof.inNameOf),
                    })),
                  }),
            },
    })),
    attempts: observations.attempts.map((a) => ({ ...a, detail: detail(a.detail), said: said(a.said) })),
    trials: observations.trials.map((t) => ({ ...t, detail: detail(t.detail), said: said(t.said) })),
    crossChecks: observations.crossChecks.map((c) => ({
      ...c,
      error: c.error === null ? null : { ...c.error, message: redact(c.error.message) },
    })),
  };
}

/** By code points, so that no character is halved. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
