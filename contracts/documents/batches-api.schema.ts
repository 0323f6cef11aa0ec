import { z } from 'zod';
import { BatchOptions, DocumentFormat } from './batch.schema.ts';
import { batchStages, draftKinds } from './documents.ts';
import { RunStatus, RunTrouble, StepStatus } from '../runs/runs-api.schema.ts';
import { Id, Instant, JsonRecord, PageQuery } from '../core/values.schema.ts';

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

/** How many documents stand where, counted now; `repaired` are those that the model had to correct. */
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
    failed: z.int(),
    repaired: z.int(),
    missing: z.int(),
  })
  .meta({ id: 'BatchProgress' });
/** How many documents stand where. */
export type BatchProgress = z.infer<typeof BatchProgress>;

/**
 * A batch, as a list shows it. Money in millionths of a US dollar; `paused` says by whom: a person or the budget;
 * `gateId` is the approval at which it waits, `trouble` what it waits for that a person should know.
 */
export const Batch = z
  .strictObject({
    id: Id,
    runId: Id,
    name: z.string(),
    status: RunStatus,
    stage: z.enum(batchStages),
    rows: z.int(),
    rowErrors: z.int(),
    estimate: BatchEstimate.nullable(),
    paused: z.enum(['person', 'budget']).nullable(),
    budgetMicros: z.int(),
    spentMicros: z.int(),
    outcome: z.string().nullable(),
    reason: z.string().nullable(),
    hasArchive: z.boolean(),
    gateId: Id.nullable(),
    trouble: RunTrouble.nullable(),
    progress: BatchProgress,
    createdAt: Instant,
    endedAt: Instant.nullable(),
    rev: z.int(),
  })
  .meta({ id: 'Batch' });
/** A batch, as a list shows it. */
export type Batch = z.infer<typeof Batch>;

/** One stage of a batch, as far as it has come. */
export const BatchStageLine = z
  .strictObject({
    stage: Batch.shape.stage,
    status: StepStatus,
    startedAt: Instant,
    endedAt: Instant.nullable(),
  })
  .meta({ id: 'BatchStageLine' });

/** In how many documents a check found something, and how many of those a person has to look at. */
export const BatchDefect = z
  .strictObject({ check: z.string(), code: z.string(), count: z.int(), flagged: z.int() })
  .meta({ id: 'BatchDefect' });

/**
 * One batch with its options, its stages and how its documents stand. `secondsLeft` of the stage, at the pace of the last minute; null
 * where that is not known. `decidedPerHour` is the pace of people’s decisions in the last hour, null below five of them. `perMinute` are the documents written in each of the last 30 minutes, the oldest first. `defects` are the 20
 * most frequent, `tokens` those of all calls. `againOf` is the batch whose rows it makes again, `madeAgainBy` are those that do so with its own.
 */
export const BatchDetail = Batch.extend({
  secondsLeft: z.int().nullable(),
  decidedPerHour: z.int().nullable(),
  options: JsonRecord,
  templateName: z.string(),
  stages: z.array(BatchStageLine),
  defects: z.array(BatchDefect),
  perMinute: z.array(z.strictObject({ at: Instant, documents: z.int() })),
  tokens: z.strictObject({ input: z.int(), output: z.int() }),
  againOf: Id.nullable(),
  madeAgainBy: z.array(Id),
}).meta({ id: 'BatchDetail' });
/** One batch with its options. */
export type BatchDetail = z.infer<typeof BatchDetail>;

/** Filters of the list of batches. */
export const BatchQuery = PageQuery.extend({ state: z.enum(['live', 'ended']).optional() });
/** Filters of the list of batches. */
export type BatchQuery = z.infer<typeof BatchQuery>;

/** The reason for stopping or pausing a batch. */
export const BatchReason = z.strictObject({ reason: z.string().trim().min(1).max(500) }).meta({ id: 'BatchReason' });
/** The reason for stopping or pausing a batch. */
export type BatchReason = z.infer<typeof BatchReason>;

/** Lets a batch go on, with a new budget if one is given: the whole, not what is added. */
export const BatchResume = BatchReason.extend({ budgetMicros: z.int().min(1).optional() }).meta({ id: 'BatchResume' });
/** Lets a batch go on. */
export type BatchResume = z.infer<typeof BatchResume>;

/**
 * Makes the rows again that an ended batch has no document of, as a new batch: with its options, but for those that are given here. What a person
 * has taken out, and what the template leaves out, stays out.
 */
export const BatchAgain = BatchReason.extend({
  name: BatchOptions.shape.name.optional(),
  template: BatchOptions.shape.template.optional(),
  model: BatchOptions.shape.model,
  /** Without any the batch has none; where it is left out, those of before, unless the model is another one. */
  fallbackModels: z.array(BatchOptions.shape.model.unwrap()).max(3).optional(),
  /** Where it is left out, the day that was given before; today if none was. */
  date: BatchOptions.shape.date,
  budgetMicros: BatchOptions.shape.budgetMicros.optional(),
}).meta({ id: 'BatchAgain' });
/** Makes rows again that an ended batch has no document of. */
export type BatchAgain = z.infer<typeof BatchAgain>;

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

/**
 * A document of a batch. `line` points into the file of rows; `formats` are those that can be fetched; `words` are those of the
 * model, `error.words` what the service or the model said where it failed. `isBeingChanged`: a draft that a reviewer asks for is not made yet.
 */
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
    decidedAt: Instant.nullable(),
    isBeingChanged: z.boolean(),
    contentHash: z.string().nullable(),
    costMicros: z.int(),
    repairs: z.int(),
    formats: z.array(DocumentFormat),
    error: z.strictObject({ code: z.string(), message: z.string(), words: z.string().nullable() }).nullable(),
    words: z.int().nullable(),
    updatedAt: Instant.nullable(),
  })
  .meta({ id: 'Document' });
/** A document of a batch. */
export type Document = z.infer<typeof Document>;

/** A document as the list of its batch shows it; `recipient` is whom its row is about, null where nothing but its key says so. */
export const ListedDocument = Document.extend({ recipient: z.string().nullable() }).meta({ id: 'ListedDocument' });
/** A document as the list of its batch shows it. */
export type ListedDocument = z.infer<typeof ListedDocument>;

/** What a model wrote or a person changed, by slot. */
const Answers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/**
 * One text that a document has or had, the first is number 1. `author` is the member who changed it or asked for it; `note` is what they asked
 * the model for. `state` failed: it could not be made, and `error` says why; dropped: it was taken back before it was made.
 */
export const DocumentDraft = z
  .strictObject({
    number: z.int(),
    kind: z.enum(draftKinds),
    state: z.enum(['open', 'made', 'failed', 'dropped']),
    author: z.string().nullable(),
    note: z.string().nullable(),
    answers: Answers.nullable(),
    findings: z.array(DocumentFinding),
    contentHash: z.string().nullable(),
    costMicros: z.int(),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    askedAt: Instant,
    madeAt: Instant.nullable(),
  })
  .meta({ id: 'DocumentDraft' });
/** One text that a document has or had. */
export type DocumentDraft = z.infer<typeof DocumentDraft>;

/** The texts of a document, the first first; empty while nobody has asked for a second one. `regenerationsLeft`: how often the model may be asked again. */
export const DocumentDrafts = z
  .strictObject({ items: z.array(DocumentDraft), regenerationsLeft: z.int() })
  .meta({ id: 'DocumentDrafts' });
/** The texts of a document. */
export type DocumentDrafts = z.infer<typeof DocumentDrafts>;

/** What was decided about a document when the reviewer saw it; who leaves it out replaces a decision of their own alone. */
const ExpectedDecision = z.enum(['approve', 'reject']).nullable().optional();

/**
 * Asks for another text of a document in review, by the hash of what the reviewer saw: their own words for every slot, or a note for the
 * model. It is checked as the first one was, and has to be decided then.
 */
export const NewDraft = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('edited'),
      // A slot has at most a few thousand words, a list at most 50 items; the check of the length says what is too long.
      answers: z.record(
        z.string().max(100),
        z.union([z.string().max(40_000), z.array(z.string().max(10_000)).max(100)]),
      ),
      expectedHash: z.string().min(1).max(100),
      expectedDecision: ExpectedDecision,
    }),
    z.strictObject({
      kind: z.literal('regenerated'),
      note: z.string().trim().min(1).max(2_000),
      expectedHash: z.string().min(1).max(100),
      expectedDecision: ExpectedDecision,
    }),
  ])
  .meta({ id: 'NewDraft' });
/** Asks for another text of a document. */
export type NewDraft = z.infer<typeof NewDraft>;

/**
 * One document with the values of its row and what the model wrote, by slot. `neighbours` are the undecided documents
 * beside it. `usage` is over all its calls, repairs included; `deaths` counts workers that died while they worked on it.
 */
export const DocumentDetail = Document.extend({
  batchName: z.string(),
  isInReview: z.boolean(),
  neighbours: z.strictObject({ previousId: Id.nullable(), nextId: Id.nullable() }),
  values: z.record(z.string(), z.string()),
  answers: Answers.nullable(),
  usage: z.strictObject({ inputTokens: z.int(), outputTokens: z.int() }).nullable(),
  deaths: z.int(),
  generatedAt: Instant.nullable(),
  renderedAt: Instant.nullable(),
}).meta({ id: 'DocumentDetail' });
/** One document with its contents. */
export type DocumentDetail = z.infer<typeof DocumentDetail>;

/** Filters of the documents of a batch, in the order of the file; `q` is the beginning of the key, `finding` the code of what a check found. */
export const DocumentQuery = PageQuery.extend({
  show: z
    .enum([
      'all',
      'flagged',
      'undecided',
      'failed',
      'repaired',
      'missing',
      'delivered',
      'decided',
      'approved',
      'refused',
    ])
    .optional(),
  q: z.string().min(1).max(200).optional(),
  finding: z.string().min(1).max(60).optional(),
});
/** Filters of the documents of a batch. */
export type DocumentQuery = z.infer<typeof DocumentQuery>;

/** A decision about one document in review, null takes it back; `expectedHash` is the `contentHash` that the person saw. */
export const DocumentDecision = z
  .strictObject({
    decision: z.enum(['approve', 'reject']).nullable(),
    expectedHash: z.string().min(1).max(100),
    expectedDecision: ExpectedDecision,
  })
  .meta({ id: 'DocumentDecision' });
/** A decision about one document. */
export type DocumentDecision = z.infer<typeof DocumentDecision>;

/** Which of a document's files; `disposition` inline shows it in a frame of the dashboard instead of saving it. */
export const ContentQuery = z.strictObject({
  format: DocumentFormat.default('pdf'),
  disposition: z.enum(['attachment', 'inline']).default('attachment'),
});
/** Which of a document's files. */
export type ContentQuery = z.infer<typeof ContentQuery>;
