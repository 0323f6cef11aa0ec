import type { Advanced } from '../../contracts/core/machine.ts';
import { isDisputed } from '../../domain/courses/money/balances.ts';
import type { EnrollmentState, StageKind } from '../../domain/courses/state.ts';
import { closeIncident, openIncident } from '../../platform/db/runs/incidents.ts';
import type { RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

const disputed = 'payment.disputed';
/** The stages of a learner who is in, or about to be. */
const comesIn: ReadonlySet<string> = new Set<StageKind>(['seating', 'confirming', 'learning']);

/**
 * Tells operators of what they must see to at the payment service, by the lines of a turn: a dispute has a deadline there, and a learner whose
 * money was all given back there is still in. The incident of a dispute ends with it.
 */
export async function reportMoney(tx: Tx, run: RunRow, { state, steps }: Advanced<EnrollmentState>): Promise<void> {
  const of = { workspaceId: run.workspace_id, runId: run.id };
  for (const { step, status, detail = {} } of steps) {
    if (step === 'dispute' && status === 'waiting') {
      const message =
        'The payer’s bank disputes a payment. Answer at Stripe before its deadline; until the bank has decided nothing is refunded here.';
      await openIncident(tx, { ...of, kind: disputed, message, detail });
    }
    if (step === 'refunded-elsewhere' && detail['isAll'] === true && comesIn.has(state.stage.kind)) {
      const message =
        'All of the payment was refunded at Stripe, and the learner is still in. End the enrollment, or leave it.';
      await openIncident(tx, { ...of, kind: 'payment.refundedElsewhere', message, detail });
    }
  }
  const { money } = state;
  const isOpen = money.received.some(({ paymentIntent }) => isDisputed(money, paymentIntent));
  if (!isOpen && steps.some(({ step }) => step === 'dispute')) await closeIncident(tx, { ...of, kind: disputed });
}
