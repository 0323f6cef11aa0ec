import { createHash } from 'node:crypto';
import type { ActionInput } from '../../../contracts/core/engine.ts';
import { isFlagged } from '../../../domain/documents/checks/run-checks.ts';
import type { DocumentRow } from '../../../platform/db/documents/documents.ts';
import type { RenderPool } from '../../../platform/render/render-pool.ts';
import type { ModelAccess } from '../../models/model.activities.ts';
import { runChunk, type Chunk } from '../chunk.ts';
import { askWith, modelsOf, troubleWords } from './ask-models.ts';
import { createBases, rowOf } from './bases.ts';
import { createBudgets, type BudgetHold, type Budgets } from './budget.ts';
import {
  generateDocument,
  Unfinished,
  type Ask,
  type GeneratedDocument,
  type GenerateBasis,
} from './generate-document.ts';

/** What generating needs. */
export type GenerateDeps = ModelAccess & { renders: RenderPool };

/** What all that is written in one process shares: the reservations of its budgets, and what the documents of a batch have in common. */
export type Writing = GenerateDeps & { budgets: Budgets; bases: ReturnType<typeof createBases> };

/** Makes what is shared. */
export function createWriting(deps: GenerateDeps): Writing {
  return { ...deps, budgets: createBudgets(), bases: createBases(deps.db) };
}

/** Generates the documents of a chunk: each waits its turn, is written, checked and checkpointed. */
export function generateChunk(writing: Writing, input: ActionInput): Promise<void> {
  return runChunk(writing.db, input, {
    action: 'generateChunk',
    document: (chunk, document) =>
      writeOne(writing, chunk, document, (basis, ask) =>
        generateDocument(basis, rowOf(document), ask, writing.renders),
      ),
    waitsFor: (chunk) => waitsFor(writing, chunk),
    output: ({ generated, flagged, failed, skipped, costMicros }) => ({
      generated,
      flagged,
      failed,
      skipped,
      costMicros,
    }),
  });
}

/** What the documents of a chunk wait for, in words for a person. */
export async function waitsFor({ modelsOf: callable }: GenerateDeps, chunk: Chunk): Promise<string | null> {
  const { throttles } = await callable(chunk.batch.workspace_id, modelsOf(chunk));
  return troubleWords(throttles, modelsOf(chunk));
}

/** Makes one text of a document by `make` and saves it; what was paid is saved whatever becomes of it. */
export async function writeOne(
  writing: Writing,
  chunk: Chunk,
  document: DocumentRow,
  make: (basis: GenerateBasis, ask: Ask) => Promise<GeneratedDocument>,
): Promise<void> {
  const { checkpoints, stop } = chunk;
  const holds: BudgetHold[] = [];
  const begun: Promise<void>[] = [];
  // Not awaited: it only shows a later attempt which document a dead worker was processing.
  const begin = (): void => {
    if (begun.length > 0) return;
    begun.push(checkpoints.save({ kind: 'begun', ordinal: document.ordinal }).catch(() => undefined));
  };
  try {
    stop.signal.throwIfAborted();
    const basis = await writing.bases(chunk.batch);
    const ask = askWith(writing, { chunk, basis, holds, begin });
    await save(chunk, document, await make(basis, ask));
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    if (error.made.inputTokens > 0) await save(chunk, document, error.made);
    throw error.cause;
  } finally {
    holds.forEach((hold) => hold.release());
    await Promise.all(begun);
  }
}

async function save({ batch, checkpoints }: Chunk, document: DocumentRow, made: GeneratedDocument): Promise<void> {
  const { state, answers, findings, costMicros, repairs, error, inputTokens, outputTokens } = made;
  const content = [batch.template_hash, document.values, answers];
  await checkpoints.save({
    kind: 'generated',
    ordinal: document.ordinal,
    state,
    isFlagged: isFlagged(findings),
    answers,
    findings,
    contentHash: answers === null ? null : createHash('sha256').update(JSON.stringify(content)).digest('hex'),
    usage: { inputTokens, outputTokens },
    costMicros,
    repairs,
    error,
  });
}
