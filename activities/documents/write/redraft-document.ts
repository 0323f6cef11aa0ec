import type { SlotAnswers } from '../../../contracts/documents/documents.ts';
import type { ActionInput } from '../../../contracts/core/engine.ts';
import { draftsOf, type DraftRow } from '../../../platform/db/documents/drafts.ts';
import type { DocumentRow } from '../../../platform/db/documents/documents.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { runChunk } from '../chunk.ts';
import { rowOf } from './bases.ts';
import { waitsFor, writeOne, type Writing } from './generate-chunk.ts';
import {
  checkDocument,
  generateDocument,
  type Ask,
  type GeneratedDocument,
  type GenerateBasis,
} from './generate-document.ts';

/**
 * Makes the draft of one document that a reviewer asks for: their own text is checked, a note is given to the model with the text that stands.
 * It goes the way of every document: its turn at the model, its budget, its checks, its checkpoint. Repeatable: a draft is made once.
 */
export function redraftDocument(writing: Writing, input: ActionInput): Promise<void> {
  return runChunk(writing.db, input, {
    action: 'redraftDocument',
    async document(chunk, document) {
      const drafts = await inWorkspace(writing.db, input.workspaceId, (tx) => draftsOf(tx, document));
      const asked = drafts.find(({ number }) => number === chunk.params.draft);
      if (asked)
        await writeOne(writing, chunk, document, (basis, ask) => make(writing, { basis, ask, document, asked }));
    },
    waitsFor: (chunk) => waitsFor(writing, chunk),
    output: ({ costMicros }) => ({ costMicros }),
  });
}

type Asked = { basis: GenerateBasis; ask: Ask; document: DocumentRow; asked: DraftRow };

function make({ renders }: Writing, { basis, ask, document, asked }: Asked): Promise<GeneratedDocument> {
  const row = rowOf(document);
  if (asked.answers !== null) return checkDocument(basis, row, asked.answers as SlotAnswers, renders);
  const draft = (document.answers ?? {}) as SlotAnswers;
  return generateDocument(basis, row, ask, renders, { draft, note: asked.note ?? '' });
}
