import type { Db } from '../../platform/db/core/pool.ts';
import {
  writeCheckpoints,
  type BatchKey,
  type Checkpoint,
  type DocumentWork,
} from '../../platform/db/documents/documents.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';

/** Another attempt has taken the chunk over: this one's work on the document does not count. */
export class ClaimLost extends Error {}

/** Writes the checkpoints of one chunk; see `createCheckpointer`. */
export type Checkpointer = {
  /** Resolves when the checkpoint is committed. @throws ClaimLost */
  save(checkpoint: Checkpoint): Promise<void>;
  /** What the batch has spent, as of the last flush. */
  spentMicros(): number;
  /** What the batch may spend, as of the last flush. */
  budgetMicros(): number;
};

type Pending = { checkpoint: Checkpoint; resolve: () => void; reject: (error: unknown) => void };

/**
 * Gathers the checkpoints that come while one transaction is under way and writes them in the next: under load tens in one,
 * on an idle machine each at once. A flush that fails fails its checkpoints; the attempt ends and the next goes on.
 */
export function createCheckpointer(
  db: Db,
  batch: BatchKey,
  work: DocumentWork,
  claim: string,
  budget: { spentMicros: number; budgetMicros: number },
): Checkpointer {
  let known = budget;
  let pending: Pending[] = [];
  let isFlushing = false;

  async function flush(): Promise<void> {
    isFlushing = true;
    while (pending.length > 0) {
      const group = pending;
      pending = [];
      try {
        const { written, ...spend } = await inWorkspace(db, batch.workspace_id, (tx) =>
          writeCheckpoints(
            tx,
            batch,
            work,
            claim,
            group.map((item) => item.checkpoint),
          ),
        );
        known = spend;
        for (const item of group) {
          if (written.has(item.checkpoint.ordinal)) item.resolve();
          else item.reject(new ClaimLost(`Document ${item.checkpoint.ordinal} was claimed by another attempt`));
        }
      } catch (error) {
        for (const item of group) item.reject(error);
      }
    }
    isFlushing = false;
  }

  return {
    save: (checkpoint) =>
      new Promise((resolve, reject) => {
        pending.push({ checkpoint, resolve, reject });
        if (!isFlushing) void flush();
      }),
    spentMicros: () => known.spentMicros,
    budgetMicros: () => known.budgetMicros,
  };
}
