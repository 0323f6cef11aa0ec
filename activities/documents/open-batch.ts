import type { ActionOfMode, ActionOutput } from '../../contracts/core/actions.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { batchOfRun, type BatchRecord } from '../../platform/db/documents/batches.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { enqueueResult, loadAction } from '../effects/load-action.ts';
import { closeBatchIncidents } from './batch-incidents.ts';

/** The actions of a batch. */
type BatchAction = ActionOfMode<'chunks'>;

/** The batch of an action that is still open; null when there is nothing to do. */
export function openBatch(db: Db, action: BatchAction, input: ActionInput): Promise<BatchRecord | null> {
  return inWorkspace(db, input.workspaceId, async (tx) =>
    (await loadAction(tx, action, input)) ? batchOfRun(tx, input.workspaceId, input.runId) : null,
  );
}

/** Enqueues the result of an action of several transactions, unless the action was superseded meanwhile; the batch's work goes on. */
export function closeAction<N extends BatchAction>(
  db: Db,
  action: N,
  input: ActionInput,
  output: ActionOutput<N>,
): Promise<void> {
  return inWorkspace(db, input.workspaceId, async (tx) => {
    if (await loadAction(tx, action, input)) await enqueueResult(tx, input, output);
    await closeBatchIncidents(tx, input);
  });
}
