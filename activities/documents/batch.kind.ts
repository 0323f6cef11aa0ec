import type { KeptOptions } from '../../contracts/documents/batch.schema.ts';
import type { Advanced, JsonObject } from '../../contracts/core/machine.ts';
import { batchApprover, type BatchPlan, type BatchState } from '../../domain/documents/batch-state.ts';
import { advanceBatch } from '../../domain/documents/machine.ts';
import { batchOfRun, writeBatchStage, type BatchRecord } from '../../platform/db/documents/batches.ts';
import type { RunKind } from '../engine/run-kind.ts';

/** Batch runs: the stages over the batch's options; each turn writes where the batch stands. */
export function createBatchKind(): RunKind {
  return {
    async load(tx, run) {
      const batch = await batchOfRun(tx, run.workspace_id, run.id);
      const plan = planOf(batch);
      return {
        // The stored state is what an earlier turn of the machine returned, plain JSON by its contract.
        advance: (state, input) =>
          advanceBatch(plan, state as unknown as BatchState | null, input) as unknown as Advanced<JsonObject>,
        project(advanced) {
          const state = advanced.state as unknown as BatchState;
          return writeBatchStage(tx, batch, {
            stage: state.stage,
            rows: state.rows,
            rowErrors: state.rowErrors,
            estimate: state.estimate,
            counts: state.counts,
            paused: state.paused,
            archiveKey: state.delivered?.archiveKey ?? null,
            outcome: advanced.ended?.outcome ?? null,
          });
        },
      };
    },
  };
}

function planOf(batch: BatchRecord): BatchPlan {
  const { name, model, window, review, budgetMicros } = batch.options as KeptOptions;
  return { name, model, window, review, budgetMicros, approver: batchApprover };
}
