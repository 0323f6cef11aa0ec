import type { ActionActivities, ActionInput } from '../../contracts/core/engine.ts';
import { runLocalAction } from '../../activities/effects/run-local-action.ts';
import { actionOptions } from '../../contracts/core/actions.ts';
import type { TestDatabase } from './database.ts';

/** Actions that only answer `{}`; `instead` replaces some of them. */
export function toyActions(database: TestDatabase, instead: Partial<ActionActivities> = {}): ActionActivities {
  const answer = (input: ActionInput): Promise<void> => runLocalAction(database.app, input, () => Promise.resolve({}));
  const all = Object.fromEntries(Object.keys(actionOptions).map((name) => [name, answer])) as ActionActivities;
  return { ...all, ...instead };
}
