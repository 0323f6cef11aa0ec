import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { closeIncident, openIncident } from '../../platform/db/runs/incidents.ts';

/** The kinds of incidents of a batch's work: what a chunk waits for, and that its attempts fail; each ends by itself when the work goes on. */
export const batchIncidents = { waiting: 'batch.waits', failing: 'batch.fails' } as const;

/** Failures of the machine in words; they are nobody's document's fault. */
const machineFaults: Readonly<Record<string, string>> = {
  ENOSPC: 'There is no room left on the disk',
  EDQUOT: 'There is no room left on the disk',
  EIO: 'The disk does not work',
  EROFS: 'The disk cannot be written to',
  EMFILE: 'Too many files are open',
};

/** Says why an attempt failed; the next one begins by itself. */
export async function noteFailure(db: Db, { workspaceId, runId }: ActionInput, error: unknown): Promise<void> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = machineFaults[code] ?? (error instanceof Error ? error.message : String(error));
  const message = `The work on the documents fails and is tried again: ${why}`;
  const incident = { workspaceId, runId, kind: batchIncidents.failing, message, detail: { code } };
  await inWorkspace(db, workspaceId, (tx) => openIncident(tx, incident)).catch(() => undefined);
}

/** Ends the incidents of a batch whose work goes on. */
export async function closeBatchIncidents(tx: Tx, { workspaceId, runId }: ActionInput): Promise<void> {
  for (const kind of Object.values(batchIncidents)) await closeIncident(tx, { workspaceId, runId, kind });
}

/** Does `work`; a failure that is tried again shows as an incident, which ends with the result (`closeAction`). */
export async function showingFailure(db: Db, input: ActionInput, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isFinal = error instanceof ApplicationFailure && error.nonRetryable === true;
    if (!isFinal && !cancellationSignal().aborted) await noteFailure(db, input, error);
    throw error;
  }
}
