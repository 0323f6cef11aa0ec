import { z } from 'zod';
import { DocumentFormat } from '../batch.schema.ts';
import { RunStatus } from './runs.schema.ts';
import { Id, Instant, JsonRecord, PageQuery } from './values.schema.ts';

const range = z.strictObject({ low: z.number(), expected: z.number(), high: z.number() });

/** What a batch will take: money in millionths of a US dollar, tokens of prompts and answers, seconds of model time. */
export const BatchEstimate = z
  .strictObject({
    documents: z.int(),
    promptTokens: z.int(),
    answerTokens: range,
    costMicros: range,
    seconds: range,
  })
  .meta({ id: 'BatchEstimate' });

/** A batch, as a list shows it. Money in millionths of a US dollar; `paused` says by whom: a person or the budget. */
export const Batch = z
  .strictObject({
    id: Id,
    runId: Id,
    name: z.string(),
    status: RunStatus,
    stage: z.enum(['import', 'estimate', 'approve-estimate', 'generate', 'review', 'render', 'deliver']),
    rows: z.int(),
    rowErrors: z.int(),
    estimate: BatchEstimate.nullable(),
    paused: z.enum(['person', 'budget']).nullable(),
    budgetMicros: z.int(),
    spentMicros: z.int(),
    outcome: z.string().nullable(),
    reason: z.string().nullable(),
    hasArchive: z.boolean(),
    createdAt: Instant,
    endedAt: Instant.nullable(),
    rev: z.int(),
  })
  .meta({ id: 'Batch' });
/** A batch, as a list shows it. */
export type Batch = z.infer<typeof Batch>;

/** How many documents stand where, counted now. */
export const BatchProgress = z
  .strictObject({
    generated: z.int(),
    flagged: z.int(),
    skipped: z.int(),
    generateFailed: z.int(),
    undecided: z.int(),
    rendered: z.int(),
    withheld: z.int(),
    renderFailed: z.int(),
  })
  .meta({ id: 'BatchProgress' });
/** How many documents stand where. */
export type BatchProgress = z.infer<typeof BatchProgress>;

/** One batch with its options and how its documents stand. `secondsLeft` of the stage, at the pace of the last minute; null where that is not known. */
export const BatchDetail = Batch.extend({
  progress: BatchProgress,
  secondsLeft: z.int().nullable(),
  options: JsonRecord,
}).meta({ id: 'BatchDetail' });
/** One batch with its options. */
export type BatchDetail = z.infer<typeof BatchDetail>;

/** Filters of the list of batches. */
export const BatchQuery = PageQuery.extend({ state: z.enum(['live', 'ended']).optional() });
/** Filters of the list of batches. */
export type BatchQuery = z.infer<typeof BatchQuery>;

/** Why somebody stops or holds a batch. */
export const BatchReason = z.strictObject({ reason: z.string().trim().min(1).max(500) }).meta({ id: 'BatchReason' });
/** Why somebody stops or holds a batch. */
export type BatchReason = z.infer<typeof BatchReason>;

/** Lets a batch go on, with a new budget if one is given: the whole, not what is added. */
export const BatchResume = BatchReason.extend({ budgetMicros: z.int().min(1).optional() }).meta({ id: 'BatchResume' });
/** Lets a batch go on. */
export type BatchResume = z.infer<typeof BatchResume>;

/** What a check found in a document. */
export const DocumentFinding = z
  .strictObject({
    check: z.string(),
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    message: z.string(),
    evidence: z.strictObject({ where: z.string(), start: z.int(), text: z.string() }).nullable(),
  })
  .meta({ id: 'DocumentFinding' });

/** A document of a batch. `line` points into the file of rows; `formats` are those that can be fetched. */
export const Document = z
  .strictObject({
    id: Id,
    batchId: Id,
    ordinal: z.int(),
    line: z.int(),
    key: z.string(),
    generated: z.enum(['pending', 'working', 'done', 'skipped', 'failed']),
    rendered: z.enum(['pending', 'working', 'done', 'withheld', 'failed']),
    isFlagged: z.boolean(),
    findings: z.array(DocumentFinding),
    decision: z.enum(['approve', 'reject']).nullable(),
    decidedBy: z.string().nullable(),
    contentHash: z.string().nullable(),
    costMicros: z.int(),
    repairs: z.int(),
    formats: z.array(DocumentFormat),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Document' });
/** A document of a batch. */
export type Document = z.infer<typeof Document>;

/**
 * One document with the values of its row and what the model wrote, by slot. `usage` is over all its calls, repairs included;
 * `deaths` counts workers that died while they worked on it.
 */
export const DocumentDetail = Document.extend({
  values: z.record(z.string(), z.string()),
  answers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullable(),
  usage: z.strictObject({ inputTokens: z.int(), outputTokens: z.int() }).nullable(),
  deaths: z.int(),
  generatedAt: Instant.nullable(),
  renderedAt: Instant.nullable(),
}).meta({ id: 'DocumentDetail' });
/** One document with its contents. */
export type DocumentDetail = z.infer<typeof DocumentDetail>;

/** Filters of the documents of a batch, in the order of the file. */
export const DocumentQuery = PageQuery.extend({
  show: z.enum(['flagged', 'undecided', 'missing', 'delivered']).optional(),
});
/** Filters of the documents of a batch. */
export type DocumentQuery = z.infer<typeof DocumentQuery>;

/** A decision about one document in review; `expectedHash` is the `contentHash` that the person saw. */
export const DocumentDecision = z
  .strictObject({ decision: z.enum(['approve', 'reject']), expectedHash: z.string().min(1).max(100) })
  .meta({ id: 'DocumentDecision' });
/** A decision about one document. */
export type DocumentDecision = z.infer<typeof DocumentDecision>;

/** Which of a document's files. */
export const ContentQuery = z.strictObject({ format: DocumentFormat.default('pdf') });
/** Which of a document's files. */
export type ContentQuery = z.infer<typeof ContentQuery>;
