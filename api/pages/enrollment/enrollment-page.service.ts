import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { CourseRunInput } from '../../../contracts/courses/course.schema.ts';
import { WithdrawRequest } from '../../../contracts/courses/enrollment.schema.ts';
import type { EnrollmentTerms, RefundQuote } from '../../../contracts/courses/enrollment.ts';
import { termsNow } from '../../../domain/courses/dates/dates.ts';
import { quoteFacts } from '../../../domain/courses/quote/quote-facts.ts';
import { quote } from '../../../domain/courses/quote/quote.ts';
import type { EnrollmentState } from '../../../domain/courses/state.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import { enrollmentOfRun } from '../../../platform/db/courses/enrollments.ts';
import { receiptOf } from '../../../platform/db/courses/receipt.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import type { KeySource } from '../../../platform/db/keys/master-keys.ts';
import { readOne } from '../../../platform/db/core/readings.ts';
import { databaseNow, readRun, ofRun, stateOfTurn } from '../../../platform/db/runs/turns.ts';
import { type EnrollmentTarget, readEnrollmentToken } from '../../../platform/enrollment-link.ts';
import { enrollmentView, type LearnerMessage, sendAnswer } from '../../courses/send-answer.ts';
import { AppError, notFound } from '../../http/errors/app-error.ts';
import { KEYS } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';
import { canLeave, type EnrollmentPage, refusalWords } from './enrollment-page-view.ts';

/** The forms of the page; anything else is refused. */
const Form = z.discriminatedUnion('act', [
  z.object({ act: z.enum(['accept', 'decline']) }),
  z.object({ act: z.literal('stay') }),
  z.object({ act: z.literal('withdraw'), ...WithdrawRequest.shape }),
]);

/** What a learner sees and does by the signed link of their mails. The link is the right to it, so nobody signs in. */
@Injectable()
export class EnrollmentPageService {
  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
  ) {}

  /** The page as it is now; looking at it changes nothing. @throws AppError 404 for an unknown token */
  async view(token: string): Promise<EnrollmentPage> {
    const target = await this.target(token);
    return this.store.inWorkspace(target, (tx) => viewOf(tx, target));
  }

  /** Does what a form of the page asks for. @returns why it was not taken, in words; null where it was */
  async act(token: string, form: unknown, requestId: string): Promise<string | null> {
    const target = await this.target(token);
    const read = Form.safeParse(form);
    if (!read.success) return 'Please say in a few words why, then try again.';
    const { workspaceId } = target;
    const actor = { kind: 'mailLink', id: target.enrollmentId } as const;
    const by = { requestedBy: null, audit: { workspaceId, actor, requestId } };
    try {
      await this.store.inWorkspace(target, (tx) => sendAnswer(tx, { ...target, ...by }, messageOf(read.data)));
      return null;
    } catch (error) {
      if (!(error instanceof AppError) || error.status !== 409) throw error;
      return refusalWords(error.code);
    }
  }

  private async target(token: string): Promise<EnrollmentTarget> {
    const target = readEnrollmentToken(await this.keys(), token);
    if (!target) throw notFound('enrollment');
    return target;
  }
}

function messageOf(form: z.infer<typeof Form>): LearnerMessage {
  switch (form.act) {
    case 'withdraw':
      return { kind: 'withdraw', payload: { reason: form.reason } };
    case 'stay':
      return { kind: 'stay', payload: {} };
    default:
      return { kind: 'offerAnswer', payload: { answer: form.act } };
  }
}

async function viewOf(tx: Tx, { workspaceId, enrollmentId }: EnrollmentTarget): Promise<EnrollmentPage> {
  const enrollment = await enrollmentView(tx, workspaceId, enrollmentId);
  const row = await enrollmentOfRun(tx, workspaceId, enrollment.run_id);
  const terms = termsNow(row.terms as EnrollmentTerms, row.details as CourseRunInput);
  const workspace = await findWorkspace(tx, workspaceId);
  const now = await databaseNow(tx);
  const receipt = await receiptOf(tx, workspaceId, enrollmentId);
  const page = { workspace: workspace?.name ?? '', now, enrollment, terms, receipt, quote: null };
  return canLeave(page) ? { ...page, quote: await quoteNow(tx, page) } : page;
}

/** What would come back of what was paid, by the state of the last turn. */
async function quoteNow(tx: Tx, { enrollment, terms, now }: EnrollmentPage): Promise<RefundQuote | null> {
  const run = await readRun(tx, enrollment.workspace_id, enrollment.run_id);
  const state = run ? await readOne(tx, stateOfTurn(ofRun(run))) : null;
  if (state === null) return null;
  // The stored state is what the machine returned, plain JSON by its contract.
  const facts = quoteFacts(state as unknown as EnrollmentState, terms);
  return facts.paidMinor === 0 ? null : quote(terms.withdrawal, facts, now.toISOString());
}
