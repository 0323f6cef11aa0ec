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

/** From the pool to a child. */
export type RenderRequest = { id: number; job: RenderJob };

/** From a child to the pool: once `ready`, then one answer a request with the child's memory afterwards. */
export type RenderReply =
  | { kind: 'ready' }
  | { kind: 'done'; id: number; document: RenderedDocument; rssBytes: number }
  | { kind: 'fault'; id: number; code: string; message: string; rssBytes: number };
