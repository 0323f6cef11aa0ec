import { LRUCache } from 'lru-cache';
import { AppError } from '../errors/app-error.ts';

/** Networks that are counted at a time; the one that has not come for longest goes first. */
const maxNetworks = 10_000;
const windowMs = 60_000;

/** Counts the keys and cookies of a network that nobody has, so that looking them up is bounded before a caller is known. */
export type UnknownCallers = {
  /** To be called before a credential is looked up. @throws AppError 429 after too many that were nobody's within a minute */
  requireFew(network: string): void;
  /** Notes one that is nobody's. */
  note(network: string): void;
};

/** Allows `perMinute` credentials of nobody's for each network and process. */
export function createUnknownCallers(perMinute: number): UnknownCallers {
  const counts = new LRUCache<string, { count: number }>({ max: maxNetworks, ttl: windowMs });
  return {
    requireFew(network) {
      if ((counts.get(network)?.count ?? 0) < perMinute) return;
      const retryAfterSeconds = Math.ceil(counts.getRemainingTTL(network) / 1_000);
      throw new AppError(429, 'rate.limited', { detail: 'Too many unknown keys; wait, then go on', retryAfterSeconds });
    },
    note(network) {
      const known = counts.get(network);
      if (known) known.count += 1;
      else counts.set(network, { count: 1 });
    },
  };
}
