import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  Document,
  DocumentDecision,
  DocumentDetail,
  DocumentQuery,
  ListedDocument,
} from '../../contracts/documents/batches-api.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import { recipientOf } from '../../domain/documents/template/recipient.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findListedBatch } from '../../platform/db/views/batches-list.ts';
import { decideDocument, listDocuments, undecidedBeside } from '../../platform/db/views/documents-list.ts';
import { conflict, notFound } from '../http/errors/app-error.ts';
import { decodeCursor, type Page, pageBy } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { reviewsAll } from './batch-view.ts';
import { documentDetailOf, documentOf } from './document-view.ts';
import { findDocumentOf, openReview, requireSeen, requireUndecided, sendUndecided, stale } from './open-review.ts';

const OrdinalKey = z.tuple([z.int().min(0)]);

/** Lists and shows documents, and takes in decisions about single ones while their batch is in review. */
@Injectable()
export class DocumentsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, batchId: string, query: DocumentQuery): Promise<Page<ListedDocument>> {
    const { workspaceId } = caller;
    const after = query.cursor === undefined ? 0 : decodeCursor(query.cursor, OrdinalKey)[0];
    const { rows, template } = await this.store.inWorkspace(caller, async (tx) => {
      const batch = await findListedBatch(tx, workspaceId, batchId);
      if (!batch) throw notFound('batch');
      const { show = 'all', q = null, finding = null, limit } = query;
      const filter = { workspaceId, batchId, show, q, finding, reviewAll: reviewsAll(batch) };
      const found = await listDocuments(tx, { ...filter, after, limit });
      return { rows: found, template: batch.template as DocumentTemplate };
    });
    return pageBy(
      rows,
      query.limit,
      (row) => row.ordinal,
      (row) => ({
        ...documentOf(row),
        recipient: recipientOf({ key: row.key, values: row.values as Record<string, string> }, template),
      }),
    );
  }

  show(caller: Principal, id: string): Promise<DocumentDetail> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await findDocumentOf(tx, caller, id);
      const batch = await findListedBatch(tx, caller.workspaceId, row.batch_id);
      if (!batch) throw notFound('batch');
      return documentDetailOf(row, batch, await undecidedBeside(tx, row, reviewsAll(batch)));
    });
  }

  /** The last decision of a review lets the batch go on, as its gate's would; until then each can be changed or taken back. */
  decide(caller: Principal, id: string, input: DocumentDecision): Promise<Document> {
    const { decision, expectedHash, expectedDecision } = input;
    return this.store.inWorkspace(caller, async (tx) => {
      const { document, batch } = await openReview(tx, caller, id);
      if (document.content_hash !== expectedHash) throw stale();
      if (document.decision === decision) return documentOf(document);
      await requireUndecided(tx, batch);
      await requireSeen(tx, document, caller, expectedDecision);
      if (document.open_draft !== null)
        throw conflict('document.beingChanged', 'Another text of it is being made; decide about that one');
      if (!(await decideDocument(tx, document, { decision, decidedBy: decision === null ? null : caller.actor.name })))
        throw conflict('document.rendered', 'The document is rendered already');
      await sendUndecided(tx, batch);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'document.decided',
        subject: { kind: 'document', id },
        detail: { decision, contentHash: expectedHash, batchId: batch.id },
      });
      return documentOf(await findDocumentOf(tx, caller, id));
    });
  }
}
