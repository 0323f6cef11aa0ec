/** The stages of a batch in their order, as they are stored. */
export const batchStages = [
  'import',
  'estimate',
  'approve-estimate',
  'generate',
  'review',
  'render',
  'deliver',
] as const;
/** Where a batch stands. */
export type BatchStage = (typeof batchStages)[number];

/** One row of a batch: `values` by template variable, exactly as in the file. `line` counts from 1, the header included. */
export type BatchRow = {
  ordinal: number;
  line: number;
  key: string;
  email: string | null;
  values: Record<string, string>;
};

/** Why a row gets no document. `line` and `column` (both from 1) point into the file; `code` is stable and dotted. */
export type RowError = { line: number; column?: number; code: string; message: string };

/** Why a file or a template is refused; `path` points to the place, `hint` says what to do. */
export type Problem = { path: string; code: string; message: string; hint: string };

/** What the model wrote, by slot. */
export type SlotAnswers = Record<string, string | string[]>;

/**
 * What a check found in one document. `evidence` is the words it is about and where they begin in `where`; `repairHint` is
 * an instruction to the model. Severity `error` flags the document, `warning` is only shown.
 */
export type Finding = {
  check: string;
  code: string;
  severity: 'error' | 'warning';
  message: string;
  evidence: { where: string; start: number; text: string } | null;
  repairHint: string;
};

/** How one call of a chunk ended before all its documents were done. */
export type ChunkStop = 'budget' | 'pause' | 'shutdown';

/** The output of `importRows`: rows that will become documents, numbered 1…rows, and rows that were refused. */
export type ImportResult = { rows: number; rowErrors: number };

/** What a batch will take; money in millionths of a US dollar, tokens exact for prompts and expected for answers. */
export type BatchEstimate = {
  documents: number;
  promptTokens: number;
  answerTokens: { low: number; expected: number; high: number };
  costMicros: { low: number; expected: number; high: number };
  seconds: { low: number; expected: number; high: number };
};

/** How many documents of a batch another one has too, with the same values: the name of the batch that has most of them. */
export type MadeBefore = { documents: number; batch: string };

/** Params of a `generateChunk` or `renderChunk`: documents with `from` ≤ ordinal ≤ `to`. */
export type ChunkRange = { from: number; to: number };

/**
 * The output of `generateChunk`: how *all* documents of the chunk stand in Postgres, earlier attempts included. `generated` are clean,
 * `flagged` have a finding of severity error, `skipped` were left out by the template: each document counts once.
 */
export type GenerateResult = {
  generated: number;
  flagged: number;
  failed: number;
  skipped: number;
  costMicros: number;
};

/** How a text of a document came about: written by the model with its batch, changed by a person, or written anew by the model with a note. */
export const draftKinds = ['first', 'edited', 'regenerated'] as const;
/** How a text of a document came about. */
export type DraftKind = (typeof draftKinds)[number];

/** Params of a `redraftDocument`: the one document with `from` = ordinal = `to`, and the number of the draft that a reviewer asks for. */
export type RedraftParams = ChunkRange & { draft: number };

/** The output of `redraftDocument`: what all documents of the range have cost by now. */
export type RedraftResult = { costMicros: number };

/** What `renderChunk` does with flagged documents without a decision. */
export type Undecided = 'deliver' | 'withhold';

/** The output of `renderChunk`, again over all documents of the chunk. `withheld` were refused by a person or by their checks. */
export type RenderChunkResult = { rendered: number; failed: number; withheld: number };

/** The output of `deliverBatch`: where the archive lies in the object store. */
export type DeliverResult = { archiveKey: string; files: number; sizeBytes: number };
