import type { Advanced } from '../../contracts/core/machine.ts';
import { hasOpenDispute } from '../../domain/courses/money/balances.ts';
import type { EnrollmentState, StageKind } from '../../domain/courses/state.ts';
import { addToIncident, closeIncident, type NewIncident } from '../../platform/db/runs/incidents.ts';
import type { RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

const disputed = 'payment.disputed';
/** The stages of a learner who is in, or about to be. */
const comesIn: ReadonlySet<string> = new Set<StageKind>(['seating', 'confirming', 'learning']);

/** An incident of a run, without whose it is. */
type MoneyIncident = Pick<NewIncident, 'kind' | 'message'> & { detail: NonNullable<NewIncident['detail']> };

/**
 * Tells operators of what they must see to at the payment service, by the lines of a turn: a dispute has a deadline there, and a learner whose
 * money was all given back there is still in. The incident of a dispute ends with it.
 */
export async function reportMoney(tx: Tx, run: RunRow, advanced: Advanced<EnrollmentState>): Promise<void> {
  const of = { workspaceId: run.workspace_id, runId: run.id };
  for (const incident of moneyIncidents(advanced)) await addToIncident(tx, { ...of, ...incident });
  const isOver = !hasOpenDispute(advanced.state.money) && advanced.steps.some(({ step }) => step === 'dispute');
  if (isOver) await closeIncident(tx, { ...of, kind: disputed });
}

/** What the lines of a turn have operators see to. */
export function moneyIncidents({ state, steps }: Pick<Advanced<EnrollmentState>, 'state' | 'steps'>): MoneyIncident[] {
  return steps.flatMap(({ step, status, detail = {} }): MoneyIncident[] => {
    if (step === 'dispute' && status === 'waiting')
      return [{ kind: disputed, message: detail['isWithdrawn'] === false ? inquired : taken, detail }];
    if (step === 'dispute' && status === 'failed' && comesIn.has(state.stage.kind))
      return [{ kind: 'payment.disputeLost', message: lost, detail }];
    const isAllBack = step === 'refunded-elsewhere' && detail['isAll'] === true && comesIn.has(state.stage.kind);
    if (!isAllBack) return [];
    const message =
      'All of the payment was refunded at Stripe, and the learner is still in. End the enrollment, or leave it.';
    return [{ kind: 'payment.refundedElsewhere', message, detail }];
  });
}

const taken =
  'The payer’s bank disputes a payment. Answer at Stripe before its deadline; until the bank has decided nothing is refunded here.';
const lost =
  'The payer’s bank has decided against the school and keeps the payment, and the learner is still in. End the enrollment, or leave it.';
const inquired =
  'The payer’s bank asks about a payment and has taken nothing. Answer at Stripe before its deadline, or give the money back: end the enrollment.';
