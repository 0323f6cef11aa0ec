import { effectAction, localAction, type Nothing } from '../core/action.ts';
import type { Dispute, Refund } from '../core/providers.ts';
import type { QuoteFacts, RefundQuote, SeatAnswer, SeatPurpose } from './enrollment.ts';

/** Money is moved by keyed calls, on the queue of the other short calls to outside services. None is broken off: what it moved must be known. */
const payment = { service: 'payment', promise: 'keyed', queue: 'crm', onExit: 'finish' } as const;

/** `expiresAt` is when the page stops taking money, as far as the service lets it. */
type Checkout = { key: string; amountMinor: number; currency: string; description: string; expiresAt: string };
type CheckoutEnd =
  | { checkout: 'expired' | 'none' }
  | { checkout: 'underWay'; checkoutId: string }
  | {
      checkout: 'paid';
      checkoutId: string;
      paymentIntent: string;
      amountMinor: number;
      listMinor: number;
      currency: string;
    };
type RefundRequest = { key: string; paymentIntent: string; amountMinor: number; currency: string; reason: string };

/** A refund as it is at the provider; `key` is the action's, null for one that was made elsewhere. */
export type FoundRefund = Pick<Refund, 'id' | 'status' | 'amountMinor' | 'currency'> & { key: string | null };
/** A dispute as it is at the provider. */
export type FoundDispute = Pick<Dispute, 'id' | 'state' | 'isWithdrawn' | 'amountMinor' | 'currency'>;

/**
 * The actions of an enrollment. `key` makes the action happen once at the provider: it is stable over retries, and when the
 * action is asked for again under another visit. An effect's output also has the ledger's `state`: none here has that name.
 */
export const courseActions = {
  checkEligibility: localAction<Nothing, { isEligible: boolean; missing: string[] }>(),
  /** `at`: when an offer was accepted, by which the ledger decides; without it, as it was asked before, the instant of the call. */
  takeSeat: localAction<{ purpose: SeatPurpose; at?: string }, SeatAnswer>(),
  /** Keeps the held seat until `until`: the money is on its way. */
  keepSeat: localAction<{ until: string }, { isKept: boolean }>(),
  confirmSeat: localAction<Nothing, { seat: 'confirmed' | 'lost' }>(),
  /** Releases the seat, the offer or the place in the queue, and offers a freed seat to the queue's head. */
  releaseSeat: localAction<{ reason: string }, { isReleased: boolean }>(),
  quoteRefund: localAction<{ asOf: string; facts: QuoteFacts }, RefundQuote>(),
  createCheckout: effectAction<Checkout, { checkoutId: string; url: string }>(payment),
  /**
   * Ends every checkout of the enrollment that can still be paid; `checkout` is the action that made the last one. `underWay`: it cannot be
   * ended any more, and its money comes later or fails.
   */
  expireCheckout: effectAction<{ checkout: string }, CheckoutEnd>(payment),
  refundPayment: effectAction<RefundRequest, { refundId: string; status?: 'pending' | 'succeeded' }>(payment),
  /** Looks up what became of a payment at the provider: its refunds and disputes, wherever they were made. It moves nothing. */
  lookUpPayment: effectAction<
    { paymentIntent: string },
    { paymentIntent: string; refunds: FoundRefund[]; disputes: FoundDispute[] }
  >({ ...payment, promise: 'repeatable' }),
};
