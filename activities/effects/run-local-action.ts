import type { ActionOfMode, ActionOutput } from '../../contracts/core/actions.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { enqueueResult, loadAction, type LoadedAction } from './load-action.ts';

/** The actions that touch Postgres alone. */
export type LocalName = ActionOfMode<'local'>;

/**
 * Runs an action that touches Postgres alone: the work and its result are one transaction, so it happens once however often
 * it is called. `work` may change the run's contact, which is locked, and lock a seat.
 */
export async function runLocalAction<N extends LocalName>(
  db: Db,
  input: ActionInput,
  { action, work }: { action: N; work: (tx: Tx, open: LoadedAction<N>) => Promise<ActionOutput<N>> },
): Promise<void> {
  await inWorkspace(db, input.workspaceId, async (tx) => {
    await lockRun(tx, input.workspaceId, input.runId);
    const open = await loadAction(tx, action, input);
    if (open) await enqueueResult(tx, input, await work(tx, open));
  });
}
