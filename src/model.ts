/**
 * The model that every module may import: the vocabulary, what a check observes, and what it reports. `Report` and the
 * types that it contains are public: later versions only add members.
 */
export * from './attempt-model.js';
export type * from './candidate-model.js';
export * from './observation-model.js';
export type * from './report-model.js';
export {
  type LastRotation,
  type OpenRotation,
  type OpenRotationState,
  openRotationStates,
  type ReportRotation,
  type ReportRotationParticipant,
  type RotationLack,
  type RotationMode,
  type RotationState,
  rotationModes,
  rotationStates,
} from './rotation-model.js';
export * from './vocabulary.js';
