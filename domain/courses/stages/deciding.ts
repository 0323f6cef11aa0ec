import type { RefundQuote } from '../../../contracts/courses/enrollment.ts';
import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { nothingOpen } from '../../machine/open.ts';
import { count, decides, fields } from '../../machine/received.ts';
import { amountStep, money } from '../../words/amounts.ts';
import { lessGone } from '../quote/quote.ts';
import { quoteFacts } from '../quote/quote-facts.ts';
import { leave, toClosing, toDeciding } from '../transitions.ts';
import { quoteContent } from '../mails.ts';
import type { EnrollmentState, StageOf } from '../state.ts';
import type { Turn } from '../turn.ts';
import { defineStage } from './stage.ts';
import { withdrawing } from '../leave-requests.ts';

/**
 * A person decides about the refund: as quoted, another amount, or none. Whatever is refunded, the learner leaves. Without
 * a decision in the policy's time the quote counts as approved.
 */
export const deciding = defineStage<StageOf<'deciding'>>({
  leadsTo: ['deciding', 'learning', 'closing'],

  line: () => ({ step: 'refund', kind: 'gate', title: 'Decide the refund' }),

  ...withdrawing,

  open: ({ visit, dueAt, quote, reason, problem }) => ({
    ...nothingOpen,
    gates: [
      {
        step: 'refund',
        visit,
        title: 'Refund for a withdrawal',
        outcomes: [
          { name: 'approve', label: 'Refund as quoted', comment: 'optional' },
          {
            name: 'adjust',
            label: 'Refund another amount',
            comment: 'required',
            fields: [
              {
                name: 'refundMinor',
                label: `Amount, where ${quote.paidMinor} is ${money(quote.paidMinor, quote.currency)}`,
                kind: 'integer',
                min: 0,
                max: quote.paidMinor,
                currency: quote.currency,
              },
            ],
          },
          { name: 'refuse', label: 'No refund', comment: 'required' },
        ],
        assignee: { kind: 'role', id: 'approver' },
        content: quoteContent(quote, reason, problem),
        dueAt,
        onTimeout: 'approve',
      },
    ],
    dueAt,
  }),

  receive(state, stage, item, turn) {
    if (!decides(item, { step: 'refund', visit: stage.visit })) return state;
    switch (item.payload['outcome']) {
      case 'approve':
        return withdrawn(state, stage.quote, turn);
      case 'refuse':
        return withdrawn(state, { ...stage.quote, refundMinor: 0 }, turn);
      case 'adjust':
        return adjusted(state, stage, item, turn);
      default:
        return state;
    }
  },

  advance(state, stage, turn) {
    const after = withdrawing.advance(state, stage, turn);
    return after === state ? unlessGone(state, stage, turn) : after;
  },
});

/** What went back at the payment service meanwhile was most probably for this withdrawal: it is asked about what is left of the quote. */
function unlessGone(state: EnrollmentState, stage: StageOf<'deciding'>, turn: Turn): EnrollmentState {
  const { quote: made, reason, dueAt: until } = stage;
  const goneMinor = made.paidMinor - quoteFacts(state, turn.terms).paidMinor;
  if (goneMinor <= 0) return state;
  const problem = `${money(goneMinor, made.currency)} went back at the payment service since this was asked`;
  leave(state, turn, 'skipped', { reason: problem });
  return toDeciding(state, turn, { quote: lessGone(made, goneMinor), reason, problem, until });
}

/** The other amount is `form.refundMinor`; one that is none, or more than was paid, is asked for again. */
function adjusted(state: EnrollmentState, stage: StageOf<'deciding'>, item: MailboxItem, turn: Turn): EnrollmentState {
  const refundMinor = count(fields(item.payload, 'form'), 'refundMinor');
  const step = amountStep(stage.quote.currency);
  if (refundMinor !== null && refundMinor <= stage.quote.paidMinor && refundMinor % step === 0) {
    return withdrawn(state, { ...stage.quote, refundMinor }, turn);
  }
  const problem = `An adjusted refund is a whole number of minor units from 0 to ${stage.quote.paidMinor}${step === 1 ? '' : `, in steps of ${step}`}`;
  leave(state, turn, 'failed', { reason: problem });
  return toDeciding(state, turn, { quote: stage.quote, reason: stage.reason, problem });
}

function withdrawn(
  state: EnrollmentState,
  { refundMinor, currency }: Pick<RefundQuote, 'refundMinor' | 'currency'>,
  turn: Turn,
): EnrollmentState {
  leave(state, turn, 'done', { refundMinor, currency });
  return toClosing(state, turn, { outcome: 'withdrawn', reason: 'withdrawn' }, { refundMinor });
}
