import type { PerformInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { notePerformed, openPerform, type OpenWork } from './open-perform.ts';

/**
 * A perform that touches Postgres alone: the work and its result are one transaction, so it happens once however often it is
 * called. A contact or seat row that `work` locks comes after none: nothing is locked before it.
 */
export async function performWork(
  db: Db,
  input: PerformInput,
  work: (tx: Tx, open: OpenWork) => Promise<JsonObject>,
): Promise<void> {
  await inWorkspace(db, input.workspaceId, async (tx) => {
    const open = await openPerform(tx, input);
    if (open) await notePerformed(tx, input, await work(tx, open));
  });
}
