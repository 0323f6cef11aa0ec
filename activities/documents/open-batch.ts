import type { PerformInput } from '../../contracts/engine.ts';
import type { JsonObject } from '../../contracts/machine.ts';
import { batchOfRun, type BatchRecord } from '../../platform/db/batches.ts';
import type { Db } from '../../platform/db/pool.ts';
import { inWorkspace } from '../../platform/db/workspace.ts';
import { notePerformed, openPerform } from '../effects/open-perform.ts';

/** The batch of a perform that is still open; null when there is nothing to do. */
export function openBatch(db: Db, input: PerformInput): Promise<BatchRecord | null> {
  return inWorkspace(db, input.workspaceId, async (tx) =>
    (await openPerform(tx, input)) ? batchOfRun(tx, input.workspaceId, input.runId) : null,
  );
}

/** Notes what a perform of several transactions came to, unless it was superseded meanwhile. */
export function closePerform(db: Db, input: PerformInput, output: JsonObject): Promise<void> {
  return inWorkspace(db, input.workspaceId, async (tx) => {
    if (await openPerform(tx, input)) await notePerformed(tx, input, output);
  });
}
