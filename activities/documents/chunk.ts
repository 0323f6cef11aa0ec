import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ActionOutput, ActionParams } from '../../contracts/core/actions.ts';
import type { ChunkStop } from '../../contracts/documents/documents.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { newId } from '../../platform/ids.ts';
import { batchOfRun, type BatchRecord } from '../../platform/db/documents/batches.ts';
import {
  chunkTotals,
  claimDocuments,
  type DocumentRow,
  type DocumentWork,
} from '../../platform/db/documents/documents.ts';
import { readRun } from '../../platform/db/runs/turns.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { enqueueResult, loadAction } from '../effects/load-action.ts';
import { ClaimLost, createCheckpointer, type Checkpointer } from './checkpointer.ts';

/** How often a chunk sends a heartbeat and checks whether it must stop. */
const beatMs = 1_000;

/** The totals of a chunk, as `chunkTotals` counts them. */
export type ChunkTotals = Awaited<ReturnType<typeof chunkTotals>>;

/** The actions that process a chunk of documents. */
export type ChunkName = 'generateChunk' | 'renderChunk';

/** One chunk at work: what its documents share. */
export type Chunk<N extends ChunkName = ChunkName> = {
  batch: BatchRecord;
  params: ActionParams<N>;
  checkpoints: Checkpointer;
  stop: StopFlag;
};

/** Set once, when no further document may be begun. */
export type StopFlag = { reason: ChunkStop | null };

/** What one kind of chunk does. */
export type ChunkWork<N extends ChunkName> = {
  action: N;
  work: DocumentWork;
  /** Processes one document and saves its checkpoint; documents run side by side and wait for their turn inside. */
  document(chunk: Chunk<N>, document: DocumentRow): Promise<void>;
  /** What the machine receives when all documents are done. */
  output(totals: ChunkTotals): ActionOutput<N>;
};

/**
 * Processes a chunk of documents: claims what is not done, processes it with a checkpoint for each, and puts the result in
 * the run's mailbox. A repeated call does only what is not done. When it must stop it finishes what is in flight and notes
 * `{ stopped }`.
 */
export async function runChunk<N extends ChunkName>(
  db: Db,
  input: ActionInput,
  chunkWork: ChunkWork<N>,
): Promise<void> {
  const claim = newId();
  const begun = await inWorkspace(db, input.workspaceId, async (tx) => {
    const open = await loadAction(tx, chunkWork.action, input);
    if (!open) return null;
    const batch = await batchOfRun(tx, input.workspaceId, input.runId);
    const { params } = open.action;
    return {
      batch,
      params,
      documents: await claimDocuments(tx, batch, chunkWork.work, params, claim),
    };
  });
  if (!begun) return;
  const { batch, params, documents } = begun;
  const budget = { spentMicros: Number(batch.spent_micros), budgetMicros: Number(batch.budget_micros) };
  const stop: StopFlag = { reason: null };
  const chunk: Chunk<N> = {
    batch,
    params,
    stop,
    checkpoints: createCheckpointer(db, batch, chunkWork.work, claim, budget),
  };
  const watch = watchForStop(db, input, stop);
  try {
    const results = await Promise.allSettled(documents.map((document) => chunkWork.document(chunk, document)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  } catch (error) {
    // The attempt that took over will note the result.
    if (error instanceof ClaimLost) return;
    throw error;
  } finally {
    watch.end();
  }
  await inWorkspace(db, input.workspaceId, async (tx) => {
    const output =
      stop.reason === null ? chunkWork.output(await chunkTotals(tx, batch, params)) : { stopped: stop.reason };
    if (await loadAction(tx, chunkWork.action, input)) await enqueueResult(tx, input, output);
  });
}

/** Sends a heartbeat, and sets the flag when the worker shuts down, the run is paused, or it is over. */
function watchForStop(db: Db, input: ActionInput, stop: StopFlag): { end(): void } {
  const signal = cancellationSignal();
  const shutDown = (): void => {
    stop.reason ??= 'shutdown';
  };
  signal.addEventListener('abort', shutDown, { once: true });
  let isAsking = false;
  const timer = setInterval(() => {
    heartbeat();
    if (isAsking) return;
    isAsking = true;
    // A failed check is no reason to stop: the next one comes in a second.
    void isHalted(db, input)
      .then(
        (halted) => {
          if (halted) stop.reason ??= 'pause';
        },
        () => undefined,
      )
      .finally(() => {
        isAsking = false;
      });
  }, beatMs);
  return {
    end() {
      clearInterval(timer);
      signal.removeEventListener('abort', shutDown);
    },
  };
}

function isHalted(db: Db, input: ActionInput): Promise<boolean> {
  return inWorkspace(db, input.workspaceId, async (tx) => {
    const run = await readRun(tx, input.workspaceId, input.runId);
    return !run || run.ended_at !== null || run.status === 'paused';
  });
}
