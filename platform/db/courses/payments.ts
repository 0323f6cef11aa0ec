import { sql, type Selectable } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Database } from '../tables/tables.ts';
import type { Tx } from '../core/workspace.ts';

/** A checkout that an enrollment may be, or was, paid through. */
export type PaymentRow = Selectable<Database['payment']>;

/** Notes a checkout; noting it again changes nothing. `isOwn`: it was begun in an account of the workspace's own. */
export async function notePayment(
  tx: Tx,
  payment: {
    workspaceId: string;
    checkoutId: string;
    enrollmentId: string;
    action: string;
    url: string;
    amountMinor: number;
    currency: string;
    isOwn: boolean;
  },
): Promise<void> {
  await kysely(tx)
    .insertInto('payment')
    .values({
      workspace_id: payment.workspaceId,
      checkout_id: payment.checkoutId,
      enrollment_id: payment.enrollmentId,
      perform: payment.action,
      url: payment.url,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      is_own: payment.isOwn,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'checkout_id']).doNothing())
    .execute();
}

/** The enrollment's checkouts, the newest first. */
export function paymentsOf(tx: Tx, workspaceId: string, enrollmentId: string): Promise<PaymentRow[]> {
  return kysely(tx)
    .selectFrom('payment')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('enrollment_id', '=', enrollmentId)
    .orderBy('created_at', 'desc')
    .execute();
}

/** What became of a checkout. Of what was paid the amount is what came, which a discount or a tax of the service makes another than the price. */
export type CheckoutEnd =
  | { status: 'underWay' | 'failed' | 'expired' }
  | { status: 'paid'; paymentIntent: string; amountMinor: number; currency: string };

/** Writes what became of a checkout; what was paid stays paid. */
export async function settlePayment(
  tx: Tx,
  { workspaceId, checkoutId }: { workspaceId: string; checkoutId: string },
  end: CheckoutEnd,
): Promise<void> {
  const received =
    end.status === 'paid'
      ? {
          payment_intent: end.paymentIntent,
          received_minor: end.amountMinor,
          received_currency: end.currency,
          paid_at: sql<Date>`now()`,
        }
      : {};
  await kysely(tx)
    .updateTable('payment')
    .set({ status: end.status, ...received })
    .where('workspace_id', '=', workspaceId)
    .where('checkout_id', '=', checkoutId)
    .where('status', '!=', 'paid')
    .execute();
}

/**
 * How many payments the keys of a workspace's own account are still needed for: `open` may yet be paid, `paid` are of learners who have not ended.
 * One of which code of before has not noted whose account it is in counts. Stripe ends a page that nobody pays by after 24 hours.
 */
export async function paymentsByOwnKeys(tx: Tx, workspaceId: string): Promise<{ open: number; paid: number }> {
  const { rows } = await sql<{ open: number; paid: number }>`
    select count(*) filter (where p.status = 'underWay' or (p.status = 'open' and p.created_at > now() - interval '25 hours'))::int as open,
      count(*) filter (where p.status = 'paid' and e.ended_at is null)::int as paid
    from payment p join enrollment e on e.workspace_id = p.workspace_id and e.id = p.enrollment_id
    where p.workspace_id = ${workspaceId} and p.is_own is not false`.execute(kysely(tx));
  return rows[0] ?? { open: 0, paid: 0 };
}

/** The enrollment that a checkout was made for here; null when it was not made here. Needs no workspace of its own. */
export async function enrollmentOfCheckout(db: Db, checkoutId: string): Promise<OfPayment | null> {
  const { rows } = await sql<OfPayment>`
    select workspace_id as "workspaceId", enrollment_id as "enrollmentId" from enrollment_of_checkout(${checkoutId})`.execute(
    kysely(db),
  );
  return rows[0] ?? null;
}

/** The enrollment that a payment came for; null when it is not one of ours. Needs no workspace of its own. */
export async function enrollmentOfPayment(db: Db, paymentIntent: string): Promise<OfPayment | null> {
  const { rows } = await sql<OfPayment>`
    select workspace_id as "workspaceId", enrollment_id as "enrollmentId" from enrollment_of_payment(${paymentIntent})`.execute(
    kysely(db),
  );
  return rows[0] ?? null;
}

/** Whose a payment is. */
export type OfPayment = { workspaceId: string; enrollmentId: string };

/** Stores a provider's event. @returns whether it is new: the same event comes more than once */
export async function notePaymentEvent(
  tx: Tx,
  event: { workspaceId: string; id: string; enrollmentId: string; kind: string; payload: JsonObject },
): Promise<boolean> {
  const result = await kysely(tx)
    .insertInto('payment_event')
    .values({
      workspace_id: event.workspaceId,
      id: event.id,
      enrollment_id: event.enrollmentId,
      kind: event.kind,
      payload: JSON.stringify(event.payload),
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'id']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The workspace of an enrollment that a provider's event names; null when there is none. Needs no workspace of its own. */
export async function workspaceOfEnrollment(db: Db, enrollmentId: string): Promise<string | null> {
  const { rows } = await sql<{
    id: string | null;
  }>`select workspace_of_enrollment(${enrollmentId}::uuid) as id`.execute(kysely(db));
  return rows[0]?.id ?? null;
}
