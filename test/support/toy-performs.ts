import type { PerformActivities, PerformInput } from '../../contracts/core/engine.ts';
import { performWork } from '../../activities/effects/perform-work.ts';
import { performOptions } from '../../contracts/core/performs.ts';
import type { TestDatabase } from './database.ts';

/** Performs that only answer `{}`; `instead` replaces some of them. */
export function toyPerforms(database: TestDatabase, instead: Partial<PerformActivities> = {}): PerformActivities {
  const answer = (input: PerformInput): Promise<void> => performWork(database.app, input, () => Promise.resolve({}));
  const all = Object.fromEntries(Object.keys(performOptions).map((name) => [name, answer])) as PerformActivities;
  return { ...all, ...instead };
}
