import type { CallOutcome, EffectError } from './effects.ts';

/** The codes of failures that last until a person mends credentials or settings: runs that meet one need a person at once. */
export const settingsCodes = [
  'crm.missing_scope',
  'crm.moved',
  'crm.rotates',
  'crm.unauthorised',
  'crm.unreadable',
  'email.address_refused',
  'email.auth',
  'email.tls',
  'email.unreadable',
  'llm.address_refused',
  'llm.quota_spent',
  'llm.unauthorised',
  'llm.unknown_model',
  'payment.unauthorised',
  'payment.unreadable',
] as const;

/**
 * Why a call to an outside service failed. `transient`: it did not happen, try again. `rateLimited`: it did not happen, not
 * before `retryAfterMs` (null if the service did not say). `rejected`: the service refused this request for good.
 * `ambiguous`: it may have happened. `misconfigured`: nothing is wrong with the request, but a person must fix credentials
 * or settings. `code` is stable and dotted; `message` is for a person and holds no address, body or secret. `words` are the service's own,
 * 2,000 characters at most: they may quote what was asked, so they go to the record of the call and never to a log.
 */
export type ProviderFailure = EffectError &
  // A call that was given up while it was under way may have been paid all the same.
  (
    | { kind: 'transient'; mayBePaid?: true }
    | { kind: 'rateLimited'; retryAfterMs: number | null }
    | { kind: 'rejected' }
    | { kind: 'ambiguous' }
    | { kind: 'misconfigured'; code: (typeof settingsCodes)[number] }
  );

/** Everything but success and suppression, which no adapter decides. */
type Unsuccessful = Exclude<CallOutcome<never>, { kind: 'done' | 'suppressed' }>;

/**
 * What became of one mail. `sent`: the server took it. `fenced`: the fence said no, and not a byte left. `deferred` and
 * `rejected`: it was certainly not delivered. `unknown`: bytes left and no reply came. `bounce` is there where the server said that there
 * is no such address: its codes, such as `550 5.1.1`.
 */
export type MailOutcome =
  | { kind: 'sent'; reply: string; serverMessageId: string | null }
  | Exclude<Unsuccessful, { kind: 'rejected' }>
  | (Extract<Unsuccessful, { kind: 'rejected' }> & { bounce?: string });

/** Tokens of one call; `cachedTokens` are part of `inputTokens`. `isEstimated` if the service did not report them. */
export interface LlmUsage {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  isEstimated: boolean;
}

/** Prices of a model in millionths of the currency's unit per million tokens, so 1,000,000 is one unit per million. */
export interface LlmPrice {
  inputMicros: number;
  cachedInputMicros: number;
  outputMicros: number;
}

/** One turn of a prompt. What stays the same over a batch goes first, so that the service can cache it. */
export interface LlmMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** How much of its limits is left, as the service reports it; null where it does not. */
export interface LlmRateState {
  remainingRequests: number | null;
  remainingTokens: number | null;
  resetMs: number | null;
}

interface LlmCall {
  model: string;
  usage: LlmUsage;
  rateState: LlmRateState;
  /** What the model sent, as it sent it: 2,000 characters at most. */
  said: string;
}

/**
 * What a model said. `answer` has `value` if a schema was asked for and met, and always the `text`. All others are outcomes of
 * content that were paid for: asking once more may help, waiting does not. `problem` says where a malformed answer breaks.
 */
export type LlmOutcome =
  | ({ kind: 'answer'; text: string; value: unknown } & LlmCall)
  | ({ kind: 'refusal'; reason: string } & LlmCall)
  | ({ kind: 'truncated'; text: string } & LlmCall)
  | ({ kind: 'malformed'; text: string; problem: string } & LlmCall)
  | ({ kind: 'empty' } & LlmCall);

/**
 * A checkout that a person can pay. Amounts are in the currency's minor unit; `url` is null once it is not open any more. `isUnderWay`: it is
 * complete and the money on its way, which may still fail. `amountMinor` is what the person pays, `listMinor` what it was before discounts and
 * taxes of the service; `currency` is in capitals. Where nothing was left to pay there is no payment intent.
 */
export interface Checkout {
  id: string;
  url: string | null;
  status: 'open' | 'complete' | 'expired';
  isPaid: boolean;
  isUnderWay: boolean;
  paymentIntent: string | null;
  amountMinor: number;
  listMinor: number;
  currency: string;
  enrollmentId: string | null;
  expiresAt: string;
}

/** A refund on its way. `failed` means that the bank refused it: it must be tried again or paid in another way. */
export interface Refund {
  id: string;
  status: 'pending' | 'succeeded' | 'failed';
  amountMinor: number;
  currency: string;
  paymentIntent: string;
}

/**
 * A payer's bank takes the money of a payment back, or asks about it. `isWithdrawn`: the money has left the account. `open` until the bank has
 * decided: `won` for the school, or `lost`.
 */
export interface Dispute {
  id: string;
  state: 'open' | 'won' | 'lost';
  isWithdrawn: boolean;
  amountMinor: number;
  currency: string;
}

/** All that has happened to a payment after it came. `key` is what a refund was made with here, null for one made elsewhere. */
export interface PaymentHistory {
  refunds: (Refund & { key: string | null })[];
  disputes: Dispute[];
}

/**
 * One payment as the payment service has it: what came, and what of it went back by refunds and withdrawn disputes. `enrollmentId` is what its
 * checkout was made for, null where it names none.
 */
export interface StatedPayment {
  paymentIntent: string;
  enrollmentId: string | null;
  currency: string;
  cameMinor: number;
  wentMinor: number;
}

/**
 * What a verified webhook says. `checkoutUnderWay`: the person has done their part and the money comes later or fails (`checkoutFailed`).
 * `moneyChanged`: a refund or a dispute of a payment has come or changed; events come in no order, so the payment is to be looked up.
 * `other` are events that change nothing here; acknowledge them.
 */
export type PaymentWebhook =
  | {
      kind: 'checkoutPaid' | 'checkoutUnderWay' | 'checkoutFailed' | 'checkoutExpired';
      eventId: string;
      occurredAt: string;
      checkout: Checkout;
    }
  | { kind: 'paymentFailed'; eventId: string; occurredAt: string; enrollmentId: string | null }
  | { kind: 'moneyChanged'; eventId: string; occurredAt: string; paymentIntent: string }
  | { kind: 'other'; eventId: string; occurredAt: string; type: string };

/** What a call cost, in millionths of the currency's unit, rounded up: a budget must not be undercut by fractions. */
export function llmCostMicros(usage: Omit<LlmUsage, 'isEstimated'>, price: LlmPrice): number {
  const fresh = Math.max(0, usage.inputTokens - usage.cachedTokens);
  const total =
    fresh * price.inputMicros + usage.cachedTokens * price.cachedInputMicros + usage.outputTokens * price.outputMicros;
  return Math.ceil(total / 1_000_000);
}
