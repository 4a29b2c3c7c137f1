import { mintSource, type Observation } from '../model.js';

/** Whether it has no source beside its mint endpoint: only the tokens that it issues show its key. */
export const isOnlyMint = ({ source }: Pick<Observation, 'source'>): boolean => source === mintSource;

/** Whether its key is found by verifying tokens: those that it issues, or a configured one. */
export const isReadFromTokens = (participant: Pick<Observation, 'source' | 'holder'>): boolean =>
  isOnlyMint(participant) || participant.holder?.is === 'token';
