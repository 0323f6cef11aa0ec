import { enqueueResult, loadAction } from '../../activities/effects/load-action.ts';
import { actions, type ActionName } from '../../contracts/core/actions.ts';
import type { ActionActivities, ActionInput } from '../../contracts/core/engine.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { TestDatabase } from './database.ts';

/** Actions that only answer `{}`, after `before` where it is given. */
export function toyActions(
  database: TestDatabase,
  before: (name: ActionName, input: ActionInput) => void = () => undefined,
): ActionActivities {
  const answer = (name: ActionName) => (input: ActionInput) =>
    inWorkspace(database.app, input.workspaceId, async (tx) => {
      if (!(await loadAction(tx, name, input))) return;
      before(name, input);
      await enqueueResult(tx, input, {});
    });
  const names = Object.keys(actions) as ActionName[];
  return Object.fromEntries(names.map((name) => [name, answer(name)])) as ActionActivities;
}
