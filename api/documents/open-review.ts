import type { DocumentDecision } from '../../contracts/documents/batches-api.schema.ts';
import { isAssigned, isRequester } from '../../domain/approvals/validate-decision.ts';
import { batchApprover } from '../../domain/documents/batch-state.ts';
import { lastActor } from '../../platform/db/access/audit.ts';
import { countDocuments } from '../../platform/db/documents/batch-figures.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import { isLeft, separatedFrom } from '../../platform/db/gates/assignees.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { findListedBatch, lockBatch, type ListedBatch } from '../../platform/db/views/batches-list.ts';
import { findDocument } from '../../platform/db/views/documents-list.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { Principal } from '../http/caller/principal.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { isInReview } from './document-view.ts';

/** A document whose batch is locked and in review, by a person who may decide about it. */
export type Reviewed = { document: DocumentRow; batch: ListedBatch };

/** @throws AppError 404 */
export async function findDocumentOf(tx: Tx, { workspaceId }: Principal, id: string): Promise<DocumentRow> {
  const row = await findDocument(tx, workspaceId, id);
  if (!row) throw notFound('document');
  return row;
}

/**
 * Opens a document for a reviewer: its batch is locked until the end of the transaction, so that the last decision sees all others.
 * @throws AppError 409 outside the review, 403 for who does not review this batch
 */
export async function openReview(tx: Tx, caller: Principal, id: string): Promise<Reviewed> {
  const { workspaceId } = caller;
  await lockBatch(tx, workspaceId, (await findDocumentOf(tx, caller, id)).batch_id);
  const document = await findDocumentOf(tx, caller, id);
  const batch = await findListedBatch(tx, workspaceId, document.batch_id);
  if (!batch || !isInReview(batch)) throw conflict('batch.notInReview', 'The batch is not in review');
  const { kind: assigneeKind, id: assigneeId } = batchApprover;
  const assigned = { workspaceId, assigneeKind, assigneeId, requestedBy: batch.requested_by };
  const decider = { kind: caller.actor.kind, id: caller.actor.id, roles: caller.roles };
  if (!isAssigned(batchApprover, decider, await isLeft(tx, assigned)))
    throw new AppError(403, 'gate.notAssigned', { detail: 'This review is assigned to approvers' });
  const requestedBy = await separatedFrom(tx, assigned);
  if (isRequester(requestedBy, { id: caller.actor.id, createdBy: caller.createdBy }))
    throw new AppError(403, 'gate.separationOfDuties', {
      detail: 'The person who started the batch cannot review it',
    });
  return { document, batch };
}

/** The run has the last decision in its mailbox and goes on by it, whatever would come after it. @throws AppError 409 */
export async function requireUndecided(tx: Tx, batch: ListedBatch): Promise<void> {
  if ((await undecidedIn(tx, batch)) === 0)
    throw conflict('batch.notInReview', 'The review is over: each of its documents has been decided');
}

/** Puts in the run's mailbox how many documents are left to decide; with none it goes on. */
export async function sendUndecided(tx: Tx, batch: ListedBatch): Promise<void> {
  const { workspace_id: workspaceId, run_id: runId } = batch;
  const payload = { undecided: await undecidedIn(tx, batch) };
  await sendToRun(tx, { workspaceId, runId, ref: newId(), kind: 'documentDecision', payload });
}

async function undecidedIn(tx: Tx, { workspace_id: workspaceId, id }: ListedBatch): Promise<number> {
  return (await countDocuments(tx, workspaceId, [id]))(id).undecided;
}

/**
 * Two reviewers may have the same document before them: the decision of one is replaced only by who has seen it. @throws AppError 412
 */
export async function requireSeen(
  tx: Tx,
  { workspace_id: workspaceId, id, decision, decided_by: by }: DocumentRow,
  { actor }: Principal,
  expected: DocumentDecision['expectedDecision'],
): Promise<void> {
  if (expected === undefined ? decision === null : decision === expected) return;
  if (expected === undefined) {
    // Two people may have one name: who it was is in the log.
    const last = await lastActor(tx, { workspaceId, act: 'document.decided', subject: { kind: 'document', id } });
    if (last?.kind === actor.kind && last.id === actor.id) return;
  }
  const now = decision === null ? 'The decision has been taken back' : `${by} has ${words[decision]}`;
  throw new AppError(412, 'document.decidedMeanwhile', {
    detail: `${now} meanwhile; reload the page and look again, then decide`,
  });
}

const words: Readonly<Record<string, string>> = { approve: 'approved it', reject: 'taken it out' };

/** What the caller saw is not what is there any more. */
export function stale(): AppError {
  return new AppError(412, 'gate.stale', { detail: 'What you saw has changed; look again, then decide' });
}
