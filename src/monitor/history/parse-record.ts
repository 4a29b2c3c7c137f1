import { levels, openRotationStates, type RemedyStep, rotationModes } from '../../model.js';
import { isObject } from '../../schema/path.js';
import { parseJson } from '../../schema/read-json.js';
import { eventTypes } from '../event-types.js';
import type { DriftEvent } from '../monitor-model.js';
import { remediationResults } from '../remediation/remediation-model.js';
import type {
  CheckRecord,
  EventRecord,
  GivenUpRecord,
  HistoryRecord,
  KeyRecord,
  KeysRecord,
  ParticipantRecord,
  RemediationRecord,
  RotationRecord,
} from './record.js';

// By hand, because a schema library takes several times as long, and a week is 200,000 participants.

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string';

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;

const isCount = (value: unknown): value is number => isAmount(value) && Number.isSafeInteger(value);

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** RFC 3339 in UTC. As jwtcheck writes them, with milliseconds, such texts sort as the instants do. */
const isInstant = (value: unknown): value is string =>
  isText(value) && instantPattern.test(value) && !Number.isNaN(Date.parse(value));

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

const known: Readonly<
  Record<
    'level' | 'event' | 'verdict' | 'mode' | 'openState' | 'rotationState' | 'recorded',
    ReadonlySet<unknown>
  >
> = {
  level: new Set(levels),
  event: new Set(eventTypes),
  verdict: new Set(['consistent', 'inconsistent', 'inconclusive', null]),
  mode: new Set(rotationModes),
  openState: new Set([...openRotationStates, null]),
  rotationState: new Set([...openRotationStates, 'finished', 'idle']),
  recorded: new Set([...openRotationStates, 'finished', 'rolled-back']),
};

const isImpact = (value: unknown): value is CheckRecord['impact'] =>
  isObject(value) && isText(value.currency) && isAmount(value.mrrAtRisk);

const isParticipant = (value: unknown): value is ParticipantRecord =>
  isObject(value) &&
  isText(value.name) &&
  typeof value.up === 'boolean' &&
  (value.agrees === null || typeof value.agrees === 'boolean') &&
  isCount(value.accepted) &&
  isCount(value.shown) &&
  value.accepted <= value.shown &&
  isListOf(value.latenciesMs, isAmount);

const isCheck = (value: Fields): boolean =>
  known.verdict.has(value.verdict) &&
  known.level.has(value.level) &&
  isAmount(value.durationMs) &&
  isListOf(value.codes, isText) &&
  isImpact(value.impact) &&
  isListOf(value.participants, isParticipant);

const isStep = (value: unknown): value is RemedyStep =>
  isObject(value) && (isText(value.text) || isText(value.command));

const isFinding = (value: unknown): value is DriftEvent['findings'][number] =>
  isObject(value) &&
  isText(value.code) &&
  isListOf(value.participants, isText) &&
  isText(value.message) &&
  isText(value.remedy) &&
  (value.steps === undefined || isListOf(value.steps, isStep));

const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isLinks = (value: unknown): boolean =>
  isObject(value) && isTextOrNull(value.page) && isTextOrNull(value.runbook) && isText(value.explain);

const isVersion = (value: unknown): boolean => isCount(value) && value > 0;

const isRotation = (value: unknown): boolean =>
  isObject(value) &&
  isText(value.id) &&
  known.mode.has(value.mode) &&
  known.rotationState.has(value.state) &&
  known.openState.has(value.before) &&
  isVersion(value.from) &&
  (value.to === null || isVersion(value.to)) &&
  isInstant(value.enteredAt);

const isPlan = (value: unknown): boolean =>
  isObject(value) && isText(value.hash) && isListOf(value.actions, isText);

const remediationEnds: ReadonlySet<unknown> = new Set(['started', ...remediationResults]);

const isRemediation = (value: Fields): boolean =>
  isText(value.participant) &&
  isText(value.cause) &&
  isText(value.version) &&
  isText(value.plan) &&
  remediationEnds.has(value.result) &&
  isTextOrNull(value.message);

const isEvent = (value: unknown): value is DriftEvent =>
  isObject(value) &&
  value.schemaVersion === 1 &&
  isText(value.id) &&
  isText(value.incident) &&
  known.event.has(value.type) &&
  known.level.has(value.level) &&
  isText(value.environment) &&
  isInstant(value.at) &&
  isInstant(value.since) &&
  isAmount(value.durationMs) &&
  isListOf(value.participants, isText) &&
  isText(value.summary) &&
  isListOf(value.findings, isFinding) &&
  isImpact(value.impact) &&
  (value.dedupKey === undefined || isText(value.dedupKey)) &&
  (value.peak === undefined || known.level.has(value.peak)) &&
  (value.plan === undefined || isPlan(value.plan)) &&
  (value.links === undefined || isLinks(value.links)) &&
  (value.emulators === undefined || isListOf(value.emulators, isText)) &&
  (value.rotation === undefined || isRotation(value.rotation));

const fingerprintPattern = /^[0-9a-f]{8,64}$/;

const isKey = (value: unknown): value is KeyRecord =>
  isObject(value) &&
  isText(value.fingerprint) &&
  fingerprintPattern.test(value.fingerprint) &&
  isTextOrNull(value.version) &&
  (value.createdAt === null || isInstant(value.createdAt)) &&
  isListOf(value.participants, isText);

const isKeys = (value: Fields): boolean =>
  isTextOrNull(value.reference) &&
  typeof value.complete === 'boolean' &&
  isListOf(value.keys, isKey) &&
  isListOf(value.unread, isText);

const isRotationRecord = (value: Fields): boolean =>
  isObject(value.rotation) &&
  isText(value.rotation.id) &&
  known.mode.has(value.rotation.mode) &&
  known.recorded.has(value.rotation.state) &&
  isVersion(value.rotation.from) &&
  (value.rotation.to === null || isVersion(value.rotation.to)) &&
  isInstant(value.rotation.openedAt) &&
  isInstant(value.rotation.enteredAt) &&
  typeof value.stalled === 'boolean' &&
  isListOf(value.accepting, isText) &&
  isListOf(value.waiting, isText);

const isGivenUp = (value: Fields): boolean =>
  isText(value.recipient) && isText(value.eventId) && isText(value.reason);

const shapes: ReadonlyMap<unknown, (value: Fields) => boolean> = new Map([
  ['check' satisfies CheckRecord['type'], isCheck],
  ['keys' satisfies KeysRecord['type'], isKeys],
  ['rotation' satisfies RotationRecord['type'], isRotationRecord],
  ['event' satisfies EventRecord['type'], (value) => isEvent(value.event)],
  ['remediation' satisfies RemediationRecord['type'], isRemediation],
  ['given-up' satisfies GivenUpRecord['type'], isGivenUp],
]);

const isRecord = (value: unknown): value is HistoryRecord =>
  isObject(value) &&
  isInstant(value.at) &&
  isText(value.environment) &&
  shapes.get(value.type)?.(value) === true;

/** The record that a line holds; `null` for one that is broken, or of a type that this version does not know. */
export function parseRecord(line: string): HistoryRecord | null {
  const value: unknown = parseJson(line);
  return isRecord(value) ? value : null;
}

/** Of a line as jwtcheck writes it, type and time without reading it all; `null` where it looks otherwise. */
export function peek(beginning: string): { readonly type: string; readonly at: string } | null {
  const [, type, at] = /^\{"type":"([a-z-]{1,20})","at":"([-0-9T:.Z]{20,30})"/.exec(beginning) ?? [];
  return type === undefined || at === undefined || !instantPattern.test(at) ? null : { type, at };
}
