import type { JsonValue } from '../model.js';
import { notifiers } from '../notify/index.js';
import { probes } from '../observe/probes/index.js';
import { sources } from '../observe/sources/index.js';
import { at, entriesOf, isList, isObject, type Path } from '../schema/path.js';
import { withPlaceholder } from '../schema/token-template.js';
import { asParsed, parseUrl } from '../schema/url.js';
import type { Declared } from './declared.js';

/** A part of a configuration that contacts something: a source, a mint endpoint, a probe, a notifier, the heartbeat. */
export interface Unit {
  readonly path: Path;
  readonly settings: JsonValue;
  /** The data that is sent. */
  readonly carries: 'fingerprints' | 'tokens' | 'events';
  /** The environment that it belongs to; `null` for `watch`. */
  readonly environment: string | null;
  /** Whether it is the source of its environment's reference. */
  readonly isReference: boolean;
  readonly declared: Declared;
}

/** Keys of data that is sent or expected. A URL there is no address. */
const data: ReadonlySet<string> = new Set([
  'headers',
  'env',
  'run',
  'body',
  'message',
  'messages',
  'accepted',
  'rejected',
  'misconfigured',
]);

/** Lists all units, even of an otherwise invalid configuration. Unknown kinds get the safe defaults. */
export function unitsOf(tree: JsonValue): Unit[] {
  const participants = entriesOf(at(tree, ['environments'])).flatMap(([environment, body]) => {
    const reference = at(body, ['reference']);
    return entriesOf(at(body, ['participants'])).flatMap(([name, participant]) => {
      const path = ['environments', environment, 'participants', name];
      const common = { environment, isReference: false };
      const unit = (key: string, carries: Unit['carries'], of: Kinds): Unit[] => {
        const settings = at(participant, [key]);
        if (!isObject(settings)) return [];
        return [{ ...common, path: [...path, key], settings, carries, declared: declaredBy(of, settings) }];
      };
      return [
        ...unit('source', 'fingerprints', sources).map((one) => ({
          ...one,
          isReference: name === reference,
        })),
        ...unit('mint', 'tokens', {}),
        ...listed(at(participant, ['probes'])).map(
          ([index, settings]): Unit => ({
            ...common,
            path: [...path, 'probes', index],
            settings,
            carries: 'tokens',
            declared: declaredBy(probes, settings),
          }),
        ),
      ];
    });
  });
  const watching = { carries: 'events', environment: null, isReference: false } as const;
  const notified = listed(at(tree, ['watch', 'notify'])).map(
    ([index, settings]): Unit => ({
      ...watching,
      path: ['watch', 'notify', index],
      settings,
      declared: declaredBy(notifiers, settings),
    }),
  );
  const heartbeat = at(tree, ['watch', 'heartbeat']);
  if (!isObject(heartbeat)) return [...participants, ...notified];
  return [
    ...participants,
    ...notified,
    { ...watching, path: ['watch', 'heartbeat'], settings: heartbeat, declared: {} },
  ];
}

const listed = (value: JsonValue | undefined): [number, JsonValue][] =>
  isList(value) ? [...value.entries()] : [];

type Kinds = Readonly<Record<string, { readonly declared?: Declared }>>;

function declaredBy(kinds: Kinds, settings: JsonValue): Declared {
  const kind = at(settings, ['kind']);
  return typeof kind === 'string' && Object.hasOwn(kinds, kind) ? (kinds[kind]?.declared ?? {}) : {};
}

/** Whether a text is part of sent or expected data. */
export const isData = (path: Path): boolean => path.some((part) => data.has(String(part)));

/** All texts in the settings of a unit, with their paths. */
export function textsIn(settings: JsonValue): { readonly path: Path; readonly text: string }[] {
  const found: { path: Path; text: string }[] = [];
  const walk = (value: JsonValue, path: Path): void => {
    if (typeof value === 'string') found.push({ path, text: value });
    else if (isList(value)) for (const [index, item] of value.entries()) walk(item, [...path, index]);
    else for (const [key, child] of entriesOf(value)) walk(child, [...path, key]);
  };
  walk(settings, []);
  return found;
}

/** The URLs that a unit contacts. */
export function urlsIn({ settings, declared }: Unit): { readonly path: Path; readonly text: string }[] {
  return textsIn(settings).filter(
    ({ path, text }) =>
      /^(?:https?|wss?):/i.test(asParsed(text)) &&
      !isData(path) &&
      !path.some((part) => isApart(declared, String(part))),
  );
}

/** The URLs that a template may become. Base64 can contain `/`, which ends the host. */
export function possibleUrls(template: string): URL[] {
  const inBase64 = template.includes('{{') ? ['token', '0/0'] : ['token'];
  return inBase64.flatMap((text) => parseUrl(withPlaceholder(template, 'token', text)) ?? []);
}

const isApart = ({ links = [], addresses = [] }: Declared, key: string): boolean =>
  links.includes(key) || addresses.includes(key);
