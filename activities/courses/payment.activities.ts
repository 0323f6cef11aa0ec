import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { EnrollmentParams } from '../../contracts/courses/enrollment.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Refund } from '../../contracts/core/providers.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import { enrollmentOfRun, type EnrollmentRow } from '../../platform/db/courses/enrollments.ts';
import { notePayment, paymentsOf, settlePayment, type PaymentRow } from '../../platform/db/courses/payments.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { LoadedAction } from '../effects/load-action.ts';
import { runEffect, type EffectDeclaration } from '../effects/run-effect.ts';
import type { PaymentClient } from '../providers/payment/payment-client.ts';
import { outcomeOf, ProviderError } from '../providers/provider-error.ts';

/** What the payment activities need; people come back to `publicUrl` from the checkout page. */
export type PaymentDeps = { db: Db; payment: PaymentClient; publicUrl: string };

type Prepared = {
  enrollment: EnrollmentRow;
  email: string | null;
  payments: PaymentRow[];
  action: string;
  params: JsonObject;
};

/** The actions of an enrollment that move money: keyed at the provider, so a repeated call moves nothing more. */
export function createPaymentActivities(
  deps: PaymentDeps,
): Pick<ActionActivities, 'createCheckout' | 'expireCheckout' | 'refundPayment'> {
  const keyed = (
    call: (prepared: Prepared) => Promise<JsonObject>,
    record?: EffectDeclaration<Prepared>['record'],
  ): EffectDeclaration<Prepared> => ({
    kind: 'payment',
    mode: 'keyed',
    prepare: async (tx, open) => ({ kind: 'ready', prepared: await prepare(tx, open) }),
    call: (prepared) => attempt(() => call(prepared)),
    ...(record ? { record } : {}),
  });
  return {
    createCheckout: (input) =>
      runEffect(
        deps.db,
        input,
        keyed((prepared) => createCheckout(deps, prepared), recordCheckout),
      ),
    expireCheckout: (input) =>
      runEffect(
        deps.db,
        input,
        keyed((prepared) => expireCheckouts(deps, prepared), recordExpiry),
      ),
    refundPayment: (input) =>
      runEffect(
        deps.db,
        input,
        keyed((prepared) => refund(deps, prepared)),
      ),
  };
}

async function prepare(tx: Tx, { run, action }: LoadedAction): Promise<Prepared> {
  const enrollment = await enrollmentOfRun(tx, run.workspace_id, run.id);
  const contact = await contactById(tx, run.workspace_id, enrollment.contact_id);
  const payments = await paymentsOf(tx, run.workspace_id, enrollment.id);
  return { enrollment, email: contact?.email ?? null, payments, action: action.id, params: action.params };
}

async function createCheckout(
  { payment, publicUrl }: PaymentDeps,
  { enrollment, email, params }: Prepared,
): Promise<JsonObject> {
  const wanted = params as EnrollmentParams['createCheckout'];
  const checkout = await payment.createCheckout({
    enrollmentId: enrollment.id,
    amountMinor: wanted.amountMinor,
    currency: wanted.currency,
    description: wanted.description,
    expiresAt: wanted.expiresAt,
    successUrl: `${publicUrl}/paid`,
    idempotencyKey: `${enrollment.id}/${wanted.key}`,
    ...(email === null ? {} : { customerEmail: email }),
  });
  return { checkoutId: checkout.id, url: checkout.url };
}

async function recordCheckout(
  tx: Tx,
  { enrollment, action: perform, params }: Prepared,
  result: JsonObject,
): Promise<void> {
  const { amountMinor, currency } = params as EnrollmentParams['createCheckout'];
  const checkout = { checkoutId: textOf(result, 'checkoutId'), url: textOf(result, 'url'), amountMinor, currency };
  await notePayment(tx, { workspaceId: enrollment.workspace_id, enrollmentId: enrollment.id, perform, ...checkout });
}

async function expireCheckouts({ payment }: PaymentDeps, { payments }: Prepared): Promise<JsonObject> {
  const open = payments.filter((row) => row.status === 'open');
  for (const row of open) {
    const checkout = await payment.expireCheckout(row.checkout_id);
    if (!checkout.isPaid || checkout.paymentIntent === null) continue;
    return {
      checkout: 'paid',
      checkoutId: checkout.id,
      paymentIntent: checkout.paymentIntent,
      amountMinor: checkout.amountMinor,
    };
  }
  return { checkout: open.length > 0 ? 'expired' : 'none' };
}

async function recordExpiry(tx: Tx, { enrollment, payments }: Prepared, result: JsonObject): Promise<void> {
  if (result['checkout'] === 'paid') {
    await settlePayment(
      tx,
      enrollment.workspace_id,
      textOf(result, 'checkoutId'),
      'paid',
      textOf(result, 'paymentIntent'),
    );
    return;
  }
  for (const row of payments) await settlePayment(tx, enrollment.workspace_id, row.checkout_id, 'expired', null);
}

async function refund({ payment }: PaymentDeps, { enrollment, params }: Prepared): Promise<JsonObject> {
  const wanted = params as EnrollmentParams['refundPayment'];
  const idempotencyKey = `${enrollment.id}/${wanted.key}`;
  const { paymentIntent, amountMinor } = wanted;
  // Providers forget keys after a day; a refund that was made can always be found by its metadata.
  const made: Refund =
    (await payment.findRefund({ paymentIntent, idempotencyKey })) ??
    (await payment.refund({ paymentIntent, amountMinor, note: wanted.reason, idempotencyKey }));
  if (made.status !== 'failed') return { refundId: made.id };
  throw new ProviderError({
    kind: 'rejected',
    code: 'payment.refund_failed',
    message: 'The bank did not take the refund.',
  });
}

async function attempt(work: () => Promise<JsonObject>): Promise<CallOutcome<JsonObject>> {
  try {
    return { kind: 'done', result: await work() };
  } catch (error) {
    return outcomeOf(error, 'keyed');
  }
}

/** A member of a result that the call above has written as text. */
function textOf(result: JsonObject, name: string): string {
  const value = result[name];
  if (typeof value !== 'string') throw new Error(`The result has no ${name}`);
  return value;
}
