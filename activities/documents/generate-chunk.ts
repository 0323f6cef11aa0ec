import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { LRUCache } from 'lru-cache';
import type { BatchEstimate, BatchRow } from '../../contracts/documents/documents.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { isFlagged } from '../../domain/documents/checks/run-checks.ts';
import { LeakIndex } from '../../domain/documents/checks/leak-index.ts';
import { documentsOf, type DocumentRow } from '../../platform/db/documents/documents.ts';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import { RenderFault } from '../../platform/render/render-protocol.ts';
import type { LlmClient } from '../providers/llm/openai/llm-client.ts';
import { costOf, type LlmPriceTable } from '../providers/llm/llm-prices.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { runChunk, type Chunk } from './chunk.ts';
import type { FairSlots } from './fair-slots.ts';
import {
  generateBasis,
  generateDocument,
  type Ask,
  type GenerateBasis,
  type GeneratedDocument,
} from './generate-document.ts';
import type { RateGate } from './rate-gate.ts';

/** What generating needs; `slots` and `gate` are shared by the whole process. */
export type GenerateDeps = {
  db: Db;
  llm: LlmClient;
  prices: LlmPriceTable;
  renders: RenderPool;
  slots: FairSlots;
  gate: RateGate;
};

/** One model call; far above an honest one, far below the chunk's own time. */
const callTimeoutMs = 120_000;
/** Transport errors of one call before its document fails: with the pauses between them about half a minute of outage. */
const maxTries = 6;

/** Generates the documents of a chunk: each waits its turn, is written, checked and checkpointed. */
export function createGenerateChunk(deps: GenerateDeps): (input: ActionInput) => Promise<void> {
  const bases = createBases(deps.db);
  const inFlight = new Map<string, number>();
  return (input) =>
    runChunk(deps.db, input, {
      action: 'generateChunk',
      work: 'generated',
      async document(chunk, document) {
        const { batch } = chunk;
        const { window } = batch.options as BatchOptions;
        const release = await deps.slots.take({ workspaceId: batch.workspace_id, batchId: batch.id, limit: window });
        const running = inFlight.get(batch.id) ?? 0;
        try {
          if (chunk.stop.reason === null && !fitsBudget(chunk, running)) chunk.stop.reason = 'budget';
          if (chunk.stop.reason !== null) return;
          inFlight.set(batch.id, running + 1);
          await generateOne(deps, chunk, document, await bases(batch));
        } finally {
          inFlight.set(batch.id, Math.max((inFlight.get(batch.id) ?? 1) - 1, 0));
          release();
        }
      },
      output: ({ generated, flagged, failed, skipped, costMicros }) => ({
        generated,
        flagged,
        failed,
        skipped,
        costMicros,
      }),
    });
}

/** Whether one more document may be begun: what is spent and what is in flight at the estimate's high end must leave room. */
function fitsBudget({ batch, checkpoints }: Chunk, running: number): boolean {
  const estimate = batch.estimate as BatchEstimate | null;
  const each = estimate && estimate.documents > 0 ? estimate.costMicros.high / estimate.documents : 0;
  return checkpoints.spentMicros() + (running + 1) * each <= checkpoints.budgetMicros();
}

async function generateOne(
  deps: GenerateDeps,
  chunk: Chunk,
  document: DocumentRow,
  basis: GenerateBasis,
): Promise<void> {
  const { checkpoints } = chunk;
  // Not awaited: it only shows a later attempt which document a dead worker was processing.
  checkpoints.save({ kind: 'begun', ordinal: document.ordinal }).catch(() => undefined);
  const made = await attempt(() => generateDocument(basis, rowOf(document), askWith(deps, basis), deps.renders));
  const { state, answers, findings, costMicros, repairs, error, inputTokens, outputTokens } = made;
  const contentHash =
    answers === null
      ? null
      : createHash('sha256')
          .update(JSON.stringify([basis.batch.template_hash, document.values, answers]))
          .digest('hex');
  const usage = { inputTokens, outputTokens };
  await checkpoints.save({
    kind: 'generated',
    ordinal: document.ordinal,
    state,
    isFlagged: isFlagged(findings),
    answers,
    findings,
    contentHash,
    usage,
    costMicros,
    repairs,
    error,
  });
}

/** A document that cannot be made is a failed document, not a failed chunk; what is wrong with the worker itself is thrown on. */
async function attempt(work: () => Promise<GeneratedDocument>): Promise<GeneratedDocument> {
  try {
    return await work();
  } catch (error) {
    const isItsOwn = error instanceof ProviderError || (error instanceof RenderFault && error.code !== 'render.closed');
    if (!isItsOwn) throw error;
    const code = error instanceof ProviderError ? error.failure.code : error.code;
    return {
      state: 'failed',
      answers: null,
      findings: [],
      repairs: 0,
      costMicros: 0,
      inputTokens: 0,
      outputTokens: 0,
      error: { code, message: error.message },
    };
  }
}

/** A 429 delays every call of the process and fails none; transport errors are retried with growing pauses. */
function askWith({ llm, prices, gate }: GenerateDeps, { batch }: GenerateBasis): Ask {
  const { model } = batch.options as BatchOptions;
  const signal = cancellationSignal();
  return async (request) => {
    for (let tries = 1; ;) {
      await gate.pass(signal);
      try {
        const outcome = await llm.complete({ ...request, timeoutMs: callTimeoutMs, signal });
        return { outcome, costMicros: costOf(outcome.usage, model, prices) };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (error.failure.kind === 'rateLimited') gate.pause(error.failure.retryAfterMs);
        else if (error.failure.kind === 'rejected' || tries >= maxTries) throw error;
        else await sleep(500 * 2 ** tries++, undefined, { signal });
      }
    }
  };
}

function rowOf(document: DocumentRow): BatchRow {
  const { ordinal, line, key, email } = document;
  return { ordinal, line, key, email, values: document.values as Record<string, string> };
}

/** Batches whose basis is kept: a process works for few at once. */
const keptBases = 8;

/** Makes a batch's basis at its first document; the index over all rows is read in pages. */
function createBases(db: Db): (batch: BatchRecord) => Promise<GenerateBasis> {
  const known = new LRUCache<string, Promise<GenerateBasis>>({ max: keptBases });
  return (batch) => {
    const found = known.get(batch.id);
    if (found) return found;
    const made = readRows(db, batch).then((rows) =>
      generateBasis(batch, new LeakIndex(rows, batch.template as DocumentTemplate)),
    );
    known.set(batch.id, made);
    // A read that failed is read again by the next document.
    made.catch(() => known.delete(batch.id));
    return made;
  };
}

async function readRows(db: Db, batch: BatchRecord): Promise<BatchRow[]> {
  const rows: BatchRow[] = [];
  const page = 1_000;
  for (let from = 1; from <= batch.rows; from += page) {
    const documents = await inWorkspace(db, batch.workspace_id, (tx) =>
      documentsOf(tx, batch, { from, to: from + page - 1 }),
    );
    rows.push(...documents.map(rowOf));
  }
  return rows;
}
