import type { Advanced } from '../../contracts/core/machine.ts';
import type { EnrollmentState } from '../../domain/courses/state.ts';
import { isAwaitedMail } from '../../domain/courses/unknown-mails.ts';
import { addToIncident, closeIncident } from '../../platform/db/runs/incidents.ts';
import type { RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

const kind = 'enrollment.mailMissing';

/**
 * Says to operators that a learner has not got the mail without which they cannot go on, such as the one with the payment link: a person can
 * reach them another way while the seat is kept. The incident ends when the learner has gone on, or has lost the seat.
 */
export async function reportMails(tx: Tx, run: RunRow, advanced: Advanced<EnrollmentState>): Promise<void> {
  const of = { workspaceId: run.workspace_id, runId: run.id, kind };
  const isOver = advanced.steps.some(
    ({ kind: line, status }) => (line === 'payment' || line === 'offer') && status !== 'waiting',
  );
  if (isOver || advanced.ended) await closeIncident(tx, of);
  for (const message of missingMails(advanced)) await addToIncident(tx, { ...of, message });
}

/** What is said of the mails of a turn that were refused or left out, and that the learner waits for now. */
export function missingMails({ state, steps }: Pick<Advanced<EnrollmentState>, 'state' | 'steps'>): string[] {
  return steps.flatMap(({ step, title, status, detail = {} }) => {
    const { reason } = detail;
    const isMissing = (status === 'failed' || status === 'skipped') && isAwaitedMail(state, step);
    if (!isMissing || typeof reason !== 'string') return [];
    const why = reason.endsWith('.') ? reason : `${reason}.`;
    const way =
      step === 'offer-mail' ? 'Ask them, and answer the offer for them' : 'Send them the payment link that stands';
    return [`“${title}” did not reach the learner: ${why} ${way} on the enrollment’s page, while the seat is kept.`];
  });
}
