import type { PerformInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { batchOfRun, type BatchRecord } from '../../platform/db/documents/batches.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
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
