import type { DocumentFormat } from '../../contracts/documents/batch.schema.ts';
import type { Letter } from '../../domain/documents/letter.ts';

/**
 * One document to make. Without formats only the text comes back, which is what checks look at. `quotes` makes the HTML one for a
 * reviewer: these words are marked and locked clauses tinted. The same job gives the same bytes.
 */
export type RenderJob = Letter & { formats: DocumentFormat[]; quotes?: string[] };

/** What a job came to; `text` is the whole document's words, `missing` has the characters of it that no font has, each once. */
export type RenderedDocument =
  | { kind: 'document'; text: string; missing: string[]; html: string | null; pdf: Uint8Array | null }
  | { kind: 'skipped'; reason: string };

/**
 * Why a document could not be made. `template.*`: the template or a value is wrong. `render.missingGlyph`: no font has a character.
 * `render.timeout`: killed. `render.crashed`: its process died twice. All but the last will happen again with the same job.
 */
export class RenderFault extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'RenderFault';
    this.code = code;
  }
}

/** From the pool to a child: one document, or several without a PDF. */
export type RenderRequest = { id: number; jobs: RenderJob[] };

/** What came of one job. */
export type RenderAnswer =
  { kind: 'done'; document: RenderedDocument } | { kind: 'fault'; code: string; message: string };

/**
 * From a child to the pool: once `ready`, then one reply a request with the child's memory afterwards. It answers the jobs in their order, and may
 * leave out the last ones where they take long.
 */
export type RenderReply =
  { kind: 'ready' } | { kind: 'answers'; id: number; answers: RenderAnswer[]; rssBytes: number };
