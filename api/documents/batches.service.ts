import { Injectable } from '@nestjs/common';
import type {
  Batch,
  BatchDetail,
  BatchQuery,
  BatchReason,
  BatchResume,
} from '../../contracts/documents/batches-api.schema.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import {
  countDocuments,
  decidingPace,
  defectsOf,
  paceOf,
  writtenPerMinute,
} from '../../platform/db/documents/batch-figures.ts';
import { madeAgainBy } from '../../platform/db/documents/batches.ts';
import { findListedBatch, listBatches, type ListedBatch, setBudget } from '../../platform/db/views/batches-list.ts';
import { listSteps } from '../../platform/db/views/runs/runs-list.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { conflict, invalid, notFound } from '../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { batchDetailOf, type BatchFigures, batchOf, stageLines } from './batch-view.ts';

/** Lists and shows batches; pauses, resumes and stops their runs. */
@Injectable()
export class BatchesService {
  constructor(private readonly store: Store) {}

  list(caller: Principal, query: BatchQuery): Promise<Page<Batch>> {
    const { workspaceId } = caller;
    const filter = { workspaceId, state: query.state ?? null, before: beforeId(query.cursor), limit: query.limit };
    return this.store.inWorkspace(caller, async (tx) => {
      const rows = await listBatches(tx, filter);
      const ids = rows.slice(0, query.limit).map(({ id }) => id);
      const countsOf = await countDocuments(tx, workspaceId, ids);
      return pageById(rows, query.limit, (row) => batchOf(row, countsOf(row.id)));
    });
  }

  show(caller: Principal, id: string): Promise<BatchDetail> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await find(tx, caller, id);
      const countsOf = await countDocuments(tx, caller.workspaceId, [id]);
      return batchDetailOf(row, countsOf(id), await figuresOf(tx, row));
    });
  }

  pause(caller: Principal, id: string, { reason }: BatchReason): Promise<Batch> {
    return this.send(caller, id, { kind: 'pause', act: 'batch.paused', reason });
  }

  resume(caller: Principal, id: string, { reason, budgetMicros }: BatchResume): Promise<Batch> {
    return this.send(caller, id, { kind: 'resume', act: 'batch.resumed', reason }, async (tx, row) => {
      if (budgetMicros === undefined) return;
      if (budgetMicros < Number(row.spent_micros)) {
        const message = `${Number(row.spent_micros)} micros are spent already`;
        throw invalid('batch.budget', [{ path: 'budgetMicros', code: 'batch.budget', message }]);
      }
      await setBudget(tx, row, budgetMicros);
    });
  }

  cancel(caller: Principal, id: string, { reason }: BatchReason): Promise<Batch> {
    return this.send(caller, id, { kind: 'exit', act: 'batch.cancelled', reason });
  }

  private send(
    caller: Principal,
    id: string,
    { kind, act, reason }: { kind: 'pause' | 'resume' | 'exit'; act: string; reason: string },
    before: (tx: Tx, row: ListedBatch) => Promise<void> = () => Promise.resolve(),
  ): Promise<Batch> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { workspaceId } = caller;
      const row = await find(tx, caller, id);
      if (row.ended_at !== null) throw conflict('batch.ended', 'This batch has ended', { outcome: row.outcome });
      await before(tx, row);
      await sendToRun(tx, { workspaceId, runId: row.run_id, kind, ref: newId(), payload: { reason } });
      await recordAudit(tx, {
        ...auditActor(caller),
        act,
        subject: { kind: 'batch', id },
        detail: { reason, budgetMicros: Number(row.budget_micros) },
      });
      const countsOf = await countDocuments(tx, workspaceId, [id]);
      return batchOf(await find(tx, caller, id), countsOf(id));
    });
  }
}

/** A batch's run has one step for each stage, and there are seven. */
const mostSteps = 20;

async function figuresOf(tx: Tx, row: ListedBatch): Promise<BatchFigures> {
  const { workspace_id: workspaceId, run_id: runId } = row;
  const steps = await listSteps(tx, { workspaceId, runId, after: null, limit: mostSteps });
  const minutes = await writtenPerMinute(tx, row);
  return {
    stages: stageLines(steps),
    defects: await defectsOf(tx, row),
    perMinute: minutes.map(({ at, documents }) => ({ at: at.toISOString(), documents })),
    tokens: { input: Number(row.input_tokens), output: Number(row.output_tokens) },
    pace: await paceOf(tx, row),
    deciding: await decidingPace(tx, row),
    madeAgainBy: await madeAgainBy(tx, row),
  };
}

async function find(tx: Tx, caller: Principal, id: string): Promise<ListedBatch> {
  const row = await findListedBatch(tx, caller.workspaceId, id);
  if (!row) throw notFound('batch');
  return row;
}
