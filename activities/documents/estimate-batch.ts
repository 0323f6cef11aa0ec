import { setImmediate } from 'node:timers/promises';
import { ApplicationFailure, heartbeat, log } from '@temporalio/activity';
import type { BatchEstimate, MadeBefore } from '../../contracts/documents/documents.ts';
import type { BatchOptions, KeptOptions } from '../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import { llmCostMicros, type LlmPrice } from '../../contracts/core/providers.ts';
import {
  answerSchema,
  answerTokens,
  documentMessages,
  promptPrefix,
} from '../../domain/documents/prompt/document-prompt.ts';
import { batchesLike, madeInOthers, type BatchRecord } from '../../platform/db/documents/batches.ts';
import { documentsOf } from '../../platform/db/documents/documents.ts';
import { noPriceHint } from '../../platform/models/model-registry.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { ModelAccess } from '../models/model.activities.ts';
import { countTokens } from '../providers/llm/count-tokens.ts';
import { closeAction, openBatch } from './open-batch.ts';

/** Tokens that a chat format adds to each message. */
const tokensPerMessage = 4;
/** Rows counted between two heartbeats: about a tenth of a second of work. */
const pageRows = 250;
/** Rows compared with those of other batches between two heartbeats. */
const comparedRows = 500;
/** How long they are compared, in milliseconds: the approval is not held up for a count that may help. */
const comparingMs = 60_000;
/** How long a model takes for one answer, in milliseconds: the fastest and slowest that are usual, for the time estimate. */
const callMs = { low: 500, expected: 2_500, high: 8_000 };
/** How often an answer is written again because a check found a fault, of the times that the batch allows. */
const repairShare = { low: 0, expected: 0.1, high: 1 };
/** Tokens of the faults that a model is shown with its answer. */
const tokensOfFaults = 200;
/** Part of the room for thoughts that a model takes which thinks before it writes a letter. */
const thinkingShare = { low: 0, expected: 0.25, high: 1 };

/**
 * Counts the prompt of every row exactly, with the schema of its answer, and estimates the answers from the template's bounds. `high` lets every
 * answer reach its bound and be repaired as often as the batch allows, by the dearest of its models, so the budget is checked against it. Repeatable. @throws InvalidDefinition where the model has no price
 */
export async function estimateBatch(deps: ModelAccess, input: ActionInput): Promise<void> {
  const batch = await openBatch(deps.db, 'estimateBatch', input);
  if (!batch) return;
  const { model, fallbackModels = [] } = batch.options as KeptOptions;
  const named = [model, ...fallbackModels];
  const { models } = await deps.modelsOf(input.workspaceId, named);
  const chain = named.map((name) => {
    const price = models.priceOf(name);
    if (price !== null) return { price, thinkingTokens: models.profileOf(name).thinkingTokens };
    const message = `The model ${name} has no price. ${noPriceHint}`;
    throw ApplicationFailure.nonRetryable(message, failureTypes.invalidDefinition);
  });
  const promptTokens = await countPrompts(deps.db, batch);
  const [estimate, ...others] = chain.map((facts) => estimateOf(batch, { promptTokens, ...facts }));
  if (!estimate) return;
  const madeBefore = await madeBeforeIfKnown(deps.db, batch);
  const high = Math.max(...[estimate, ...others].map(({ costMicros }) => costMicros.high));
  await closeAction(deps.db, 'estimateBatch', input, {
    ...estimate,
    costMicros: { ...estimate.costMicros, high },
    ...(madeBefore ? { madeBefore } : {}),
  });
}

async function countPrompts(db: Db, batch: BatchRecord): Promise<number> {
  const { brief, brand, language } = batch.options as BatchOptions;
  const template = batch.template as DocumentTemplate;
  if (Object.keys(template.slots).length === 0) return 0;
  const schemaTokens = countTokens(JSON.stringify(answerSchema(template)));
  const prefixTokens =
    countTokens(promptPrefix({ brief, brand, template, language })) + tokensPerMessage + schemaTokens;
  let total = 0;
  for (let from = 1; from <= batch.rows; from += pageRows) {
    const documents = await inWorkspace(db, batch.workspace_id, (tx) =>
      documentsOf(tx, batch, { from, to: from + pageRows - 1 }),
    );
    for (const document of documents) {
      const [, user] = documentMessages('', { values: document.values as Record<string, string> }, template);
      total += prefixTokens + countTokens(user?.content ?? '') + tokensPerMessage;
    }
    heartbeat();
    await setImmediate();
  }
  return total;
}

/** As `countMadeBefore`; null also where that fails or takes too long. */
async function madeBeforeIfKnown(db: Db, batch: BatchRecord): Promise<MadeBefore | null> {
  try {
    return await countMadeBefore(db, batch);
  } catch (error) {
    log.warn('The approval of a batch does not say how many of its letters there are already', {
      batchId: batch.id,
      error,
    });
    return null;
  }
}

/** Null where no other batch has a document of this one; a file that was sent twice is seen by it. @throws Error after a minute */
async function countMadeBefore(db: Db, batch: BatchRecord): Promise<MadeBefore | null> {
  const like = await inWorkspace(db, batch.workspace_id, (tx) => batchesLike(tx, batch));
  if (like.length === 0) return null;
  const until = performance.now() + comparingMs;
  const found = new Map<string, MadeBefore>();
  const columns = Object.entries((batch.template as DocumentTemplate).columns);
  const amounts = columns.flatMap(([name, { type }]) => (type === 'money' || type === 'number' ? [name] : []));
  for (let from = 1; from <= batch.rows; from += comparedRows) {
    const page = { from, to: from + comparedRows - 1, amounts };
    if (performance.now() > until) throw new Error('It takes too long');
    const others = await inWorkspace(db, batch.workspace_id, (tx) => madeInOthers(tx, batch, like, page));
    for (const { batchId, name, documents } of others)
      found.set(batchId, { batch: name, documents: documents + (found.get(batchId)?.documents ?? 0) });
    heartbeat();
  }
  const [most, ...others] = [...found.values()].toSorted((a, b) => b.documents - a.documents);
  if (!most) return null;
  return { ...most, documents: [most, ...others].reduce((sum, { documents }) => sum + documents, 0) };
}

type Facts = { promptTokens: number; thinkingTokens: number; price: LlmPrice };

/** The figures of a batch at the price of one model. `promptTokens`: those of all rows, each asked for once; 0 where nothing is asked. */
export function estimateOf(
  batch: Pick<BatchRecord, 'options' | 'template' | 'rows'>,
  { promptTokens, thinkingTokens, price }: Facts,
): BatchEstimate {
  const { window, repairs } = batch.options as BatchOptions;
  const documents = batch.rows;
  const each = promptTokens === 0 ? { low: 0, expected: 0, high: 0 } : answerTokens(batch.template as DocumentTemplate);
  const at = (level: 'low' | 'expected' | 'high'): { tokens: number; cost: number; seconds: number } => {
    const again = repairs * repairShare[level];
    const calls = 1 + again;
    const thoughts = promptTokens === 0 ? 0 : thinkingTokens * thinkingShare[level];
    const tokens = Math.round((each[level] + thoughts) * documents * calls);
    // What is written again is asked for with what was written, and what is wrong with it.
    const shown = promptTokens === 0 ? 0 : (each[level] + tokensOfFaults) * documents * again;
    const inputTokens = Math.round(promptTokens * calls + shown);
    const cost = llmCostMicros({ inputTokens, outputTokens: tokens, cachedTokens: 0 }, price);
    return {
      tokens,
      cost,
      seconds: promptTokens === 0 ? 0 : Math.ceil((documents * calls * callMs[level]) / window / 1_000),
    };
  };
  const [low, expected, high] = [at('low'), at('expected'), at('high')];
  return {
    documents,
    promptTokens,
    answerTokens: { low: low.tokens, expected: expected.tokens, high: high.tokens },
    costMicros: { low: low.cost, expected: expected.cost, high: high.cost },
    seconds: { low: low.seconds, expected: expected.seconds, high: high.seconds },
  };
}
