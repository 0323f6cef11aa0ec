import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/**
 * Money of a payment that went back, as the provider has it now: a refund, or a dispute of the payer's bank. `isOut`: the money has gone, or
 * is on its way out. `isOwn`: it was asked for here.
 */
export type MoneyBack = {
  id: string;
  kind: 'refund' | 'dispute';
  paymentIntent: string;
  amountMinor: number;
  currency: string;
  status: string;
  isOut: boolean;
  isOwn: boolean;
};

/** Notes money that went back, by the provider's ids; noting it again writes how it stands now. */
export async function noteMoneyBack(
  tx: Tx,
  enrollment: { workspace_id: string; id: string },
  entries: readonly MoneyBack[],
): Promise<void> {
  if (entries.length === 0) return;
  await kysely(tx)
    .insertInto('money_back')
    .values(
      entries.map((entry) => ({
        workspace_id: enrollment.workspace_id,
        id: entry.id,
        kind: entry.kind,
        enrollment_id: enrollment.id,
        payment_intent: entry.paymentIntent,
        amount_minor: entry.amountMinor,
        currency: entry.currency,
        status: entry.status,
        is_out: entry.isOut,
        is_own: entry.isOwn,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'id']).doUpdateSet({
        amount_minor: sql`excluded.amount_minor`,
        status: sql`excluded.status`,
        is_out: sql`excluded.is_out`,
        seen_at: sql`now()`,
      }),
    )
    .execute();
}
