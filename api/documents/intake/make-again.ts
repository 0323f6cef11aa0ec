import type { BatchAgain } from '../../../contracts/documents/batches-api.schema.ts';
import { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { familyOf, linesWithoutDocument } from '../../../platform/db/documents/batches.ts';
import { findListedBatch, lockBatch, type ListedBatch } from '../../../platform/db/views/batches-list.ts';
import { conflict, notFound } from '../../http/errors/app-error.ts';
import { undated } from './letter-date.ts';
import { type BatchTemplate, templateOf } from './validate-batch.ts';

/** What a batch is made of that makes another one's rows again, and where the file of those rows lies. */
export type MadeAgain = BatchTemplate & { of: ListedBatch; options: BatchOptions; rowsKey: string };

/** All options of such a batch stand in the request itself. */
export const ownParts: ReadonlySet<string> = new Set(Object.keys(BatchOptions.shape));

/**
 * Looks at an ended batch for the rows that it has no document of, with the first batch of their file locked, so that they are made again by one
 * batch at a time.
 * @throws AppError where it is live, where there is nothing to make, and where another batch is making it
 */
export async function rowsToMakeAgain(tx: Tx, workspaceId: string, id: string, input: BatchAgain): Promise<MadeAgain> {
  const [first] = await familyOf(tx, { workspace_id: workspaceId, id });
  if (!first) throw notFound('batch');
  await lockBatch(tx, workspaceId, first.id);
  const of = await findListedBatch(tx, workspaceId, id);
  if (!of) throw notFound('batch');
  const live = (await familyOf(tx, of)).find(({ isLive }) => isLive);
  if (live?.id === id) throw conflict('batch.live', 'The batch is still under way', { stage: of.stage });
  if (live) throw conflict('batch.underWay', 'Another batch is making these rows already', { batchId: live.id });
  if ((await linesWithoutDocument(tx, of)).length === 0)
    throw conflict('batch.nothingMissing', 'No row of this batch is without the document that it should have');
  const { reason: _, ...changes } = input;
  const before = await undated(tx, workspaceId, optionsOf(of), of.created_at);
  const options = BatchOptions.parse({ ...before, name: `${before.name.slice(0, 180)} (again)`, ...given(changes) });
  const template =
    input.template === undefined
      ? { template: DocumentTemplate.parse(of.template), templateHash: of.template_hash }
      : await templateOf(tx, workspaceId, { options, parts: ownParts });
  return { of, options, rowsKey: first.rowsKey, ...template };
}

/** @throws AppError 409 where the batch was started with what a later release refuses */
function optionsOf({ options }: ListedBatch): BatchOptions {
  const read = BatchOptions.safeParse(options);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0] ?? { path: [], message: '' };
  const detail = `The batch was started with options that are refused today (${path.join('.')}: ${message}); start a new one with the rows of errors.csv`;
  throw conflict('batch.options', detail);
}

/** A model of one's own goes without the fallbacks of the one before. */
function given({ fallbackModels, ...changes }: Omit<BatchAgain, 'reason'>): Partial<BatchOptions> {
  const named = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  if (fallbackModels === undefined && changes.model === undefined) return named;
  return { ...named, fallbackModels: fallbackModels?.length ? fallbackModels : undefined };
}
