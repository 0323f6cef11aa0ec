import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { batchOfRun, type BatchRecord } from '../../platform/db/documents/batches.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { enqueueResult, loadAction } from '../effects/load-action.ts';

/** The batch of an action that is still open; null when there is nothing to do. */
export function openBatch(db: Db, input: ActionInput): Promise<BatchRecord | null> {
  return inWorkspace(db, input.workspaceId, async (tx) =>
    (await loadAction(tx, input)) ? batchOfRun(tx, input.workspaceId, input.runId) : null,
  );
}

/** Enqueues the result of an action of several transactions, unless the action was superseded meanwhile. */
export function closeAction(db: Db, input: ActionInput, output: JsonObject): Promise<void> {
  return inWorkspace(db, input.workspaceId, async (tx) => {
    if (await loadAction(tx, input)) await enqueueResult(tx, input, output);
  });
}
