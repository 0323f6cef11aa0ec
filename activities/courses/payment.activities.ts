import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { ActionOutput, ActionParams } from '../../contracts/core/actions.ts';
import type { ActionActivities, ActionInput } from '../../contracts/core/engine.ts';
import type { Refund } from '../../contracts/core/providers.ts';
import { noteMoneyBack } from '../../platform/db/courses/money-back.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import { enrollmentOfRun, type EnrollmentRow } from '../../platform/db/courses/enrollments.ts';
import { notePayment, paymentsOf, settlePayment, type PaymentRow } from '../../platform/db/courses/payments.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import type { LoadedAction } from '../effects/load-action.ts';
import { closeIncident, openIncident } from '../../platform/db/runs/incidents.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import type { EffectDeclaration } from '../effects/claim-actions.ts';
import { runEffect } from '../effects/run-effect.ts';
import type { PaymentClient } from '../providers/payment/payment-client.ts';
import type { PaymentOf } from './payment-of-workspace.ts';
import { outcomeOf, ProviderError } from '../providers/provider-error.ts';

/** What the payment activities need; people come back to `publicUrl` from the checkout page. */
export type PaymentDeps = { db: Db; paymentOf: PaymentOf; publicUrl: string };

/** The kind of the incident while Stripe refuses a workspace's own key. */
const OWN_KEY_REFUSED = 'payment.ownKeyRefused';

type Payments = 'createCheckout' | 'expireCheckout' | 'refundPayment' | 'lookUpPayment';
type Prepared<N extends Payments> = {
  enrollment: EnrollmentRow;
  email: string | null;
  payments: PaymentRow[];
  action: string;
  payment: PaymentClient;
  isOwn: boolean;
  params: ActionParams<N>;
};

/** The actions of an enrollment that move money: keyed at the provider, so a repeated call moves nothing more. */
export function createPaymentActivities(deps: PaymentDeps): Pick<ActionActivities, Payments> {
  const act =
    <N extends Payments>(
      action: N,
      call: (deps: PaymentDeps, prepared: Prepared<N>, attemptNumber: number) => Promise<ActionOutput<N>>,
      record?: EffectDeclaration<N, Prepared<N>>['record'],
    ) =>
    (input: ActionInput): Promise<void> =>
      runEffect<N, Prepared<N>>(deps.db, input, {
        action,
        prepare: async (tx, open) => ({ kind: 'ready', prepared: await prepare(deps.paymentOf, tx, open) }),
        call: (prepared, { effect }) => attempt(deps.db, prepared, () => call(deps, prepared, effect.attempt)),
        async record(tx, prepared, result) {
          const workspaceId = prepared.enrollment.workspace_id;
          if (prepared.isOwn) await closeIncident(tx, { workspaceId, runId: null, kind: OWN_KEY_REFUSED });
          await record?.(tx, prepared, result);
        },
      });
  return {
    createCheckout: act('createCheckout', createCheckout, recordCheckout),
    expireCheckout: act('expireCheckout', expireCheckouts, recordExpiry),
    refundPayment: act('refundPayment', refund, recordRefund),
    lookUpPayment: act('lookUpPayment', lookUp, recordHistory),
  };
}

async function prepare<N extends Payments>(
  paymentOf: PaymentOf,
  tx: Tx,
  { run, action }: LoadedAction<N>,
): Promise<Prepared<N>> {
  const enrollment = await enrollmentOfRun(tx, run.workspace_id, run.id);
  const contact = await contactById(tx, run.workspace_id, enrollment.contact_id);
  const payments = await paymentsOf(tx, run.workspace_id, enrollment.id);
  const { client: payment, isOwn } = await paymentOf(tx, run.workspace_id);
  const email = contact?.email ?? null;
  return { enrollment, email, payments, payment, isOwn, action: action.id, params: action.params };
}

/**
 * Each attempt makes a page of its own: the same key would be refused once the address of the contact has changed, and answers a failure of the
 * service with that failure for a day. A page moves no money, and nobody knows the address of one whose answer was lost.
 */
async function createCheckout(
  { publicUrl }: PaymentDeps,
  { payment, enrollment, email, params: wanted }: Prepared<'createCheckout'>,
  attemptNumber: number,
): Promise<ActionOutput<'createCheckout'>> {
  const checkout = await payment.createCheckout({
    enrollmentId: enrollment.id,
    amountMinor: wanted.amountMinor,
    currency: wanted.currency,
    description: wanted.description,
    successUrl: `${publicUrl}/paid`,
    idempotencyKey: `${enrollment.id}/${wanted.key}/${attemptNumber}`,
    ...endOf(wanted),
    ...(email === null ? {} : { customerEmail: email }),
  });
  if (checkout.url === null) throw new Error(`The checkout ${checkout.id} has no address`);
  return { checkoutId: checkout.id, url: checkout.url };
}

/** Stripe takes an end from 30 minutes to 24 hours ahead. A call takes less than this. */
const [leastAheadMs, mostAheadMs, callMs] = [30 * 60_000, 24 * 3_600_000, 30_000];

/** When the page stops taking money; an end that came too near while the service was away is left out. */
function endOf({ expiresAt }: { expiresAt: string }): { expiresAt?: string } {
  const aheadMs = Date.parse(expiresAt) - Date.now();
  return aheadMs > leastAheadMs + callMs && aheadMs < mostAheadMs ? { expiresAt } : {};
}

async function recordCheckout(
  tx: Tx,
  { enrollment, action, isOwn, params: { amountMinor, currency } }: Prepared<'createCheckout'>,
  { checkoutId, url }: ActionOutput<'createCheckout'>,
): Promise<void> {
  const checkout = { checkoutId, url, amountMinor, currency, isOwn };
  await notePayment(tx, { workspaceId: enrollment.workspace_id, enrollmentId: enrollment.id, action, ...checkout });
}

async function expireCheckouts(
  _: PaymentDeps,
  { payment, payments }: Prepared<'expireCheckout'>,
): Promise<ActionOutput<'expireCheckout'>> {
  const open = payments.filter((row) => row.status === 'open' || row.status === 'underWay');
  let underWay: ActionOutput<'expireCheckout'> | null = null;
  for (const row of open) {
    const checkout = await payment.expireCheckout(row.checkout_id);
    if (checkout.isUnderWay) underWay ??= { checkout: 'underWay', checkoutId: checkout.id };
    if (!checkout.isPaid) continue;
    const { id: checkoutId, paymentIntent, amountMinor, listMinor, currency } = checkout;
    return {
      checkout: 'paid',
      checkoutId,
      paymentIntent: paymentIntent ?? checkoutId,
      amountMinor,
      listMinor,
      currency,
    };
  }
  return underWay ?? { checkout: open.length > 0 ? 'expired' : 'none' };
}

async function recordExpiry(
  tx: Tx,
  { enrollment, payments }: Prepared<'expireCheckout'>,
  result: ActionOutput<'expireCheckout'>,
): Promise<void> {
  const { workspace_id: workspaceId, run_id: runId } = enrollment;
  switch (result.checkout) {
    case 'paid': {
      const { checkout: status, checkoutId, ...paid } = result;
      await settlePayment(tx, { workspaceId, checkoutId }, { status, ...paid });
      // An answer is forgotten by a rewind to before it; money is not, as a report of it is received again.
      const payload = { status, checkoutId, ...paid, isLate: true };
      await enqueueMessage(tx, { workspaceId, runId, kind: 'payment', ref: `asked/${checkoutId}`, payload });
      return;
    }
    case 'underWay':
      return settlePayment(tx, { workspaceId, checkoutId: result.checkoutId }, { status: 'underWay' });
    default:
      for (const row of payments)
        await settlePayment(tx, { workspaceId, checkoutId: row.checkout_id }, { status: 'expired' });
  }
}

async function refund(
  _: PaymentDeps,
  { payment, payments, enrollment, params: wanted }: Prepared<'refundPayment'>,
): Promise<ActionOutput<'refundPayment'>> {
  const idempotencyKey = `${enrollment.id}/${wanted.key}`;
  const { paymentIntent, amountMinor } = wanted;
  // Providers forget keys after a day; a refund that was made can always be found by its metadata.
  let made: Refund | null = await payment.findRefund({ paymentIntent, idempotencyKey });
  if (!made) {
    await requireOwn(payment, payments, paymentIntent);
    made = await payment.refund({ paymentIntent, amountMinor, note: wanted.reason, idempotencyKey });
  }
  if (made.status !== 'failed') return { refundId: made.id, status: made.status };
  throw new ProviderError({
    kind: 'rejected',
    code: 'payment.refund_failed',
    message: 'The bank did not take the refund.',
  });
}

/**
 * A payment is read, and money given back for it, if a checkout of this enrollment was paid by it, as the service itself says. A report alone is
 * not believed: a workspace signs those of its own account, and could name a payment of another workspace in the installation's.
 * @throws ProviderError
 */
async function requireOwn(
  payment: PaymentClient,
  payments: readonly PaymentRow[],
  paymentIntent: string,
): Promise<void> {
  const row = payments.find(({ payment_intent: known }) => known === paymentIntent);
  const checkout = row && (await payment.getCheckout(row.checkout_id));
  if (checkout && (checkout.paymentIntent ?? checkout.id) === paymentIntent) return;
  const message = `No checkout of this enrollment was paid by ${paymentIntent}. See at the payment service whose it is; a refund is made there.`;
  throw new ProviderError({ kind: 'rejected', code: 'payment.not_own', message });
}

async function recordRefund(
  tx: Tx,
  { enrollment, params: { paymentIntent, amountMinor, currency } }: Prepared<'refundPayment'>,
  { refundId: id, status = 'succeeded' }: ActionOutput<'refundPayment'>,
): Promise<void> {
  const refund = {
    id,
    kind: 'refund',
    paymentIntent,
    amountMinor,
    currency,
    status,
    isOut: true,
    isOwn: true,
  } as const;
  await noteMoneyBack(tx, enrollment, [refund]);
}

async function lookUp(
  _: PaymentDeps,
  { payment, payments, enrollment, params: { paymentIntent } }: Prepared<'lookUpPayment'>,
): Promise<ActionOutput<'lookUpPayment'>> {
  await requireOwn(payment, payments, paymentIntent);
  const { refunds, disputes } = await payment.lookUp(paymentIntent);
  const own = `${enrollment.id}/`;
  return {
    paymentIntent,
    refunds: refunds.map(({ id, status, amountMinor, currency, key }) => ({
      id,
      status,
      amountMinor,
      currency,
      key: key?.startsWith(own) ? key.slice(own.length) : null,
    })),
    disputes: disputes.map((each) => ({ ...each })),
  };
}

/** The books say how a refund or a dispute stands now. */
async function recordHistory(
  tx: Tx,
  { enrollment }: Prepared<'lookUpPayment'>,
  { paymentIntent, refunds, disputes }: ActionOutput<'lookUpPayment'>,
): Promise<void> {
  await noteMoneyBack(tx, enrollment, [
    ...refunds.map(({ id, status, amountMinor, currency, key }) => ({
      id,
      kind: 'refund' as const,
      paymentIntent,
      amountMinor,
      currency,
      status,
      isOut: status !== 'failed',
      isOwn: key !== null,
    })),
    ...disputes.map(({ id, state: status, isWithdrawn: isOut, amountMinor, currency }) => ({
      id,
      kind: 'dispute' as const,
      paymentIntent,
      amountMinor,
      currency,
      status,
      isOut,
      isOwn: false,
    })),
  ]);
}

/** What a call came to. An own key that is refused is an incident of the workspace, and the call waits and is made again. */
async function attempt<R>(
  db: Db,
  { isOwn, enrollment: { workspace_id: workspaceId } }: Pick<Prepared<Payments>, 'isOwn' | 'enrollment'>,
  work: () => Promise<R>,
): Promise<CallOutcome<R>> {
  try {
    return { kind: 'done', result: await work() };
  } catch (error) {
    if (isOwn && error instanceof ProviderError && error.failure.kind === 'misconfigured') {
      const message = `${error.failure.message} Payments of this workspace wait: see Admin, Connections.`;
      const incident = { workspaceId, runId: null, kind: OWN_KEY_REFUSED, message };
      await inWorkspace(db, workspaceId, (tx) => openIncident(tx, incident)).catch(() => undefined);
    }
    return outcomeOf(error, 'keyed');
  }
}
