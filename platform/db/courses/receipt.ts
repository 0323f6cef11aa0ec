import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A line of an enrollment's receipt: money that came, or that went back to the payer; `at` is null where it is not known. */
export type ReceiptLine = { kind: 'paid' | 'refunded'; at: Date | null; amountMinor: number; currency: string };

/** What came and what went back for one enrollment, in the order in which it was known. */
export async function receiptOf(tx: Tx, workspaceId: string, enrollmentId: string): Promise<ReceiptLine[]> {
  const { rows } = await sql<Omit<ReceiptLine, 'amountMinor'> & { amount: string }>`
    select 'paid' as kind, paid_at as at, coalesce(received_minor, amount_minor)::text as amount, upper(coalesce(received_currency, currency)) as currency
    from payment where workspace_id = ${workspaceId} and enrollment_id = ${enrollmentId} and status = 'paid'
    union all
    select 'refunded', seen_at, amount_minor::text, upper(currency)
    from money_back where workspace_id = ${workspaceId} and enrollment_id = ${enrollmentId} and kind = 'refund' and is_out
    order by at nulls first`.execute(kysely(tx));
  return rows.map(({ kind, at, amount, currency }) => ({ kind, at, amountMinor: Number(amount), currency }));
}
