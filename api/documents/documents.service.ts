import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  Document,
  DocumentDecision,
  DocumentDetail,
  DocumentQuery,
} from '../../contracts/documents/batches-api.schema.ts';
import { isRequester } from '../../domain/approvals/validate-decision.ts';
import { batchApprover } from '../../domain/documents/batch-state.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { countDocuments } from '../../platform/db/documents/batch-figures.ts';
import { findListedBatch, lockBatch } from '../../platform/db/views/batches-list.ts';
import {
  decideDocument,
  findDocument,
  listDocuments,
  undecidedBeside,
} from '../../platform/db/views/documents-list.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import { separatedFrom } from '../../platform/db/gates/assignees.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { decodeCursor, type Page, pageBy } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { reviewsAll } from './batch-view.ts';
import { documentDetailOf, documentOf, isInReview } from './document-view.ts';

const OrdinalKey = z.tuple([z.int().min(0)]);

/** Lists and shows documents, and takes in decisions about single ones while their batch is in review. */
@Injectable()
export class DocumentsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, batchId: string, query: DocumentQuery): Promise<Page<Document>> {
    const { workspaceId } = caller;
    const after = query.cursor === undefined ? 0 : decodeCursor(query.cursor, OrdinalKey)[0];
    const rows = await this.store.inWorkspace(caller, async (tx) => {
      const batch = await findListedBatch(tx, workspaceId, batchId);
      if (!batch) throw notFound('batch');
      const { show = 'all', q = null, limit } = query;
      return listDocuments(tx, { workspaceId, batchId, show, q, reviewAll: reviewsAll(batch), after, limit });
    });
    return pageBy(rows, query.limit, (row) => row.ordinal, documentOf);
  }

  show(caller: Principal, id: string): Promise<DocumentDetail> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await find(tx, caller, id);
      const batch = await findListedBatch(tx, caller.workspaceId, row.batch_id);
      if (!batch) throw notFound('batch');
      return documentDetailOf(row, batch, await undecidedBeside(tx, row, reviewsAll(batch)));
    });
  }

  /** The last decision of a review lets the batch go on, as its gate's would; until then each can be changed or taken back. */
  decide(caller: Principal, id: string, { decision, expectedHash }: DocumentDecision): Promise<Document> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { workspaceId } = caller;
      await lockBatch(tx, workspaceId, (await find(tx, caller, id)).batch_id);
      const document = await find(tx, caller, id);
      const batch = await findListedBatch(tx, workspaceId, document.batch_id);
      if (!batch || !isInReview(batch)) throw conflict('batch.notInReview', 'The batch is not in review');
      if (!caller.roles.includes(batchApprover.id))
        throw new AppError(403, 'gate.notAssigned', { detail: 'This review is assigned to approvers' });
      const assigned = { workspaceId, assigneeKind: batchApprover.kind, assigneeId: batchApprover.id };
      const requestedBy = await separatedFrom(tx, { ...assigned, requestedBy: batch.requested_by });
      if (isRequester(requestedBy, { id: caller.actor.id, createdBy: caller.createdBy }))
        throw new AppError(403, 'gate.separationOfDuties', {
          detail: 'The person who started the batch cannot review it',
        });
      if (document.content_hash !== expectedHash)
        throw new AppError(412, 'gate.stale', { detail: 'What you saw has changed; look again, then decide' });
      if (document.decision === decision) return documentOf(document);
      const count = async (): Promise<number> =>
        (await countDocuments(tx, workspaceId, [batch.id]))(batch.id).undecided;
      // The run has the last decision in its mailbox and goes on by it, whatever would be decided after it.
      if ((await count()) === 0)
        throw conflict('batch.notInReview', 'The review is over: each of its documents has been decided');
      if (!(await decideDocument(tx, document, { decision, decidedBy: decision === null ? null : caller.actor.name })))
        throw conflict('document.rendered', 'The document is rendered already');
      const undecided = await count();
      const target = { workspaceId, runId: batch.run_id, ref: newId() };
      await sendToRun(tx, { ...target, kind: 'documentDecision', payload: { undecided } });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'document.decided',
        subject: { kind: 'document', id },
        detail: { decision, contentHash: expectedHash, batchId: batch.id },
      });
      return documentOf(await find(tx, caller, id));
    });
  }
}

async function find(tx: Tx, caller: Principal, id: string): Promise<DocumentRow> {
  const row = await findDocument(tx, caller.workspaceId, id);
  if (!row) throw notFound('document');
  return row;
}
