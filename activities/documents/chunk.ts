import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { ActionOutput, ActionParams } from '../../contracts/core/actions.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { newId } from '../../platform/ids.ts';
import { closeIncident, openIncident } from '../../platform/db/runs/incidents.ts';
import { batchOfRun, type BatchRecord } from '../../platform/db/documents/batches.ts';
import { chunkTotals, type DocumentRow } from '../../platform/db/documents/documents.ts';
import { readRun } from '../../platform/db/runs/turns.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { enqueueResult, loadAction } from '../effects/load-action.ts';
import { outlastOutage } from '../../platform/db/core/failures.ts';
import { batchIncidents, closeBatchIncidents, noteFailure } from './batch-incidents.ts';
import { ClaimLost, createCheckpointer, type Checkpointer } from './checkpointer.ts';
import { createStop, Stopped, type Stop } from './stop.ts';
import { claims, type ChunkClaims } from './claims.ts';

/** How often a chunk sends a heartbeat and checks whether it must stop. */
const beatMs = 1_000;
/** A chunk that waits for a model stops before its activity is timed out, which would look like a worker's death, and is asked for again. */
const longestMs = 20 * 60_000;

/** The totals of a chunk, as `chunkTotals` counts them. */
export type ChunkTotals = Awaited<ReturnType<typeof chunkTotals>>;

/** The actions that process a chunk of documents. */
export type ChunkName = keyof ChunkClaims;

/** One chunk at work: what its documents share. */
export type Chunk<N extends ChunkName = ChunkName> = {
  batch: BatchRecord;
  params: ActionParams<N>;
  checkpoints: Checkpointer;
  stop: Stop;
  /** Comes when the chunk has to stop, or its attempt is over. */
  stopped: AbortSignal;
};

/** What one kind of chunk does. */
export type ChunkWork<N extends ChunkName> = {
  action: N;
  /** Processes one document and saves its checkpoint; documents run side by side and wait for their turn inside. */
  document(chunk: Chunk<N>, document: DocumentRow): Promise<void>;
  /** What the machine receives when all documents are done. */
  output(totals: ChunkTotals): ActionOutput<N>;
  /** What the chunk waits for, in words for a person; null while it goes on. Shown as an incident of the run until it is over. */
  waitsFor?(chunk: Chunk<N>): Promise<string | null>;
};

/**
 * Processes a chunk of documents: claims what is not done, processes it with a checkpoint for each, and puts the result in
 * the run's mailbox. A repeated call does only what is not done. When it must stop it finishes what is in flight and notes
 * `{ stopped }`. What it has begun and not finished it gives back, also where it fails: only a worker that dies leaves documents at work.
 */
export async function runChunk<N extends ChunkName>(
  db: Db,
  input: ActionInput,
  chunkWork: ChunkWork<N>,
): Promise<void> {
  const claim = newId();
  const { take, release, write }: ChunkClaims[N] = claims[chunkWork.action];
  const begun = await inWorkspace(db, input.workspaceId, async (tx) => {
    const open = await loadAction(tx, chunkWork.action, input);
    if (!open) return null;
    const batch = await batchOfRun(tx, input.workspaceId, input.runId);
    const { params } = open.action;
    return { batch, params, documents: await take(tx, batch, params, claim) };
  });
  if (!begun) return;
  const { batch, params, documents } = begun;
  const budget = { spentMicros: Number(batch.spent_micros), budgetMicros: Number(batch.budget_micros) };
  const stop = createStop();
  const checkpoints = createCheckpointer({
    db,
    workspaceId: input.workspaceId,
    write: (tx, checkpoints) => write(tx, batch, params, claim, checkpoints),
    budget,
    signal: cancellationSignal(),
  });
  const stopped = AbortSignal.any([stop.signal, cancellationSignal()]);
  const chunk: Chunk<N> = { batch, params, stop, stopped, checkpoints };
  const returnDocuments = (): Promise<void> =>
    inWorkspace(db, input.workspaceId, (tx) => release(tx, batch, params, claim));
  const watch = watchChunk(db, input, stop, async () => (await chunkWork.waitsFor?.(chunk)) ?? null);
  try {
    const results = await Promise.allSettled(documents.map((document) => chunkWork.document(chunk, document)));
    const failed = results.find((result) => result.status === 'rejected' && !(result.reason instanceof Stopped));
    await outlastOutage(cancellationSignal(), returnDocuments);
    if (failed?.status === 'rejected') throw failed.reason;
    await inWorkspace(db, input.workspaceId, async (tx) => {
      const output =
        stop.reason === null ? chunkWork.output(await chunkTotals(tx, batch, params)) : { stopped: stop.reason };
      if (await loadAction(tx, chunkWork.action, input)) await enqueueResult(tx, input, output);
      await closeBatchIncidents(tx, input);
    });
  } catch (error) {
    // The attempt that took over will note the result.
    if (error instanceof ClaimLost) return;
    if (!cancellationSignal().aborted) await noteFailure(db, input, error);
    throw error;
  } finally {
    await watch.end();
  }
}

/**
 * Sends heartbeats, sets `stop` when the worker shuts down, the run is paused or over, or the chunk has taken too long, and shows what it
 * waits for as an incident of the run. `end` ends the incident with it.
 */
function watchChunk(
  db: Db,
  input: ActionInput,
  stop: Stop,
  waitsFor: () => Promise<string | null>,
): { end(): Promise<void> } {
  const signal = cancellationSignal();
  const shutDown = (): void => stop.set('shutdown');
  signal.addEventListener('abort', shutDown, { once: true });
  const { workspaceId, runId } = input;
  const begunAt = Date.now();
  let shown: string | null = null;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    const waiting = await waitsFor();
    if (waiting !== shown) {
      await inWorkspace(db, workspaceId, async (tx) => {
        // Another chunk of the run may show the same.
        if (shown !== null) await closeIncident(tx, { workspaceId, runId, kind: batchIncidents.waiting });
        if (waiting !== null)
          await openIncident(tx, { workspaceId, runId, kind: batchIncidents.waiting, message: waiting });
      });
      shown = waiting;
    }
    if (await isHalted(db, input)) stop.set('pause');
  };
  const timer = setInterval(() => {
    heartbeat();
    if (Date.now() - begunAt > longestMs) stop.set('shutdown');
    // A failed look is no reason to stop: the next one comes in a second.
    looking ??= look()
      .catch(() => undefined)
      .finally(() => (looking = null));
  }, beatMs);
  return {
    async end() {
      clearInterval(timer);
      signal.removeEventListener('abort', shutDown);
      await looking;
      const incident = { workspaceId, runId, kind: batchIncidents.waiting };
      if (shown !== null)
        await inWorkspace(db, workspaceId, (tx) => closeIncident(tx, incident)).catch(() => undefined);
    },
  };
}

function isHalted(db: Db, input: ActionInput): Promise<boolean> {
  return inWorkspace(db, input.workspaceId, async (tx) => {
    const run = await readRun(tx, input.workspaceId, input.runId);
    return !run || run.ended_at !== null || run.status === 'paused';
  });
}
