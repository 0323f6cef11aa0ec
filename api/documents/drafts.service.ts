import { Injectable } from '@nestjs/common';
import type { Document, DocumentDrafts, NewDraft } from '../../contracts/documents/batches-api.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { readAnswers } from '../../domain/documents/checks/schema-check.ts';
import { draftsLeft, mostDrafts, mostRegenerations } from '../../domain/documents/drafts.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { askDraft, draftsOf, dropDraft } from '../../platform/db/documents/drafts.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { conflict, invalid } from '../http/errors/app-error.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { documentOf, draftOf } from './document-view.ts';
import {
  findDocumentOf,
  openReview,
  requireSeen,
  requireUndecided,
  type Reviewed,
  sendUndecided,
  stale,
} from './open-review.ts';

/** The texts of a document: lists them, takes in a reviewer's own, and asks the model for another. */
@Injectable()
export class DraftsService {
  constructor(private readonly store: Store) {}

  list(caller: Principal, id: string): Promise<DocumentDrafts> {
    return this.store.inWorkspace(caller, async (tx) => {
      const drafts = await draftsOf(tx, await findDocumentOf(tx, caller, id));
      return { items: drafts.map(draftOf), regenerationsLeft: draftsLeft(drafts).regenerations };
    });
  }

  /** @throws AppError 412 where the document has another text or decision than the reviewer saw, 409 where one is being made, or too many were */
  ask(caller: Principal, id: string, draft: NewDraft): Promise<Document> {
    return this.store.inWorkspace(caller, async (tx) => {
      const reviewed = await openReview(tx, caller, id);
      const { document, batch } = reviewed;
      await requireUndecided(tx, batch);
      if (batch.gate_id === null) throw conflict('batch.notInReview', 'The review has been decided as a whole');
      if (document.open_draft !== null) throw beingChanged();
      await requireSeen(tx, document, caller, draft.expectedDecision);
      const asked = await this.checked(tx, reviewed, draft);
      const author = caller.actor.name;
      const number = await askDraft(tx, document, { ...asked, author, expectedHash: draft.expectedHash });
      if (number === null) throw stale();
      const { workspaceId } = caller;
      const payload = { ordinal: document.ordinal, draft: number };
      await sendToRun(tx, { workspaceId, runId: batch.run_id, ref: newId(), kind: 'redraft', payload });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'document.changed',
        subject: { kind: 'document', id },
        // What was asked for may name the person, and the draft has it: what is in this log cannot be erased.
        detail: { kind: draft.kind, draft: number, contentHash: draft.expectedHash, batchId: batch.id },
      });
      return documentOf(await findDocumentOf(tx, caller, id));
    });
  }

  drop(caller: Principal, id: string): Promise<Document> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { document, batch } = await openReview(tx, caller, id);
      const number = document.open_draft;
      if (!(await dropDraft(tx, document))) throw conflict('document.notBeingChanged', 'No draft of it is being made');
      await sendUndecided(tx, batch);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'document.draftDropped',
        subject: { kind: 'document', id },
        detail: { draft: number, batchId: batch.id },
      });
      return documentOf(await findDocumentOf(tx, caller, id));
    });
  }

  private async checked(tx: Tx, { document, batch }: Reviewed, draft: NewDraft) {
    const left = draftsLeft(await draftsOf(tx, document));
    if (left.drafts === 0) throw conflict('document.tooManyDrafts', `A document has at most ${mostDrafts} texts`);
    if (draft.kind === 'regenerated') {
      if (left.regenerations > 0) return { kind: draft.kind, note: draft.note, answers: null };
      const most = `The model writes a document at most ${mostRegenerations} times again; change the text yourself`;
      throw conflict('document.tooManyDrafts', most);
    }
    const read = readAnswers(batch.template as DocumentTemplate, draft.answers);
    if (read.kind === 'findings')
      throw invalid(
        'document.answers',
        read.findings.map(({ message }) => issueOf(message)),
      );
    if (JSON.stringify(read.answers) === JSON.stringify(document.answers)) {
      const message = 'The text is what it was';
      throw invalid('document.unchanged', [{ path: 'answers', code: 'document.unchanged', message }]);
    }
    return { kind: draft.kind, note: null, answers: read.answers };
  }
}

/** `slots.intro: The slot is empty` is about `answers.intro`. */
function issueOf(message: string): { path: string; code: string; message: string } {
  const [place = '', ...words] = message.split(': ');
  return { path: `answers.${place.replace(/^slots\./, '')}`, code: 'document.answers', message: words.join(': ') };
}

/** A reviewer has asked for another text already. */
function beingChanged() {
  return conflict('document.beingChanged', 'Another text of it is being made; wait for that, or take it back');
}
