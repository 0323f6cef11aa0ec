import type { RefundQuote } from '../../../contracts/courses/enrollment.ts';
import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import { nothingOpen, openAction } from '../../machine/open.ts';
import { answers, count } from '../../machine/received.ts';
import { leave, toDeciding } from '../transitions.ts';
import { quote } from '../quote/quote.ts';
import { defineStage } from './stage.ts';
import type { StageOf } from '../state.ts';
import { withdrawing } from '../leave-requests.ts';

/** Has the refund quoted and stored with the version of its policy. */
export const quoting = defineStage<StageOf<'quoting'>>({
  leadsTo: ['deciding', 'learning', 'closing'],

  line: () => ({ step: 'quote', kind: 'quote', title: 'Refund quote' }),

  ...withdrawing,

  open: ({ visit, asOf, facts }) => ({
    ...nothingOpen,
    actions: [openAction('quoteRefund', { step: 'quote', visit }, { asOf, facts })],
  }),

  receive(state, stage, item, turn) {
    if (!answers(item, { step: 'quote', visit: stage.visit })) return state;
    const made = quote(turn.terms.withdrawal, stage.facts, stage.asOf);
    const isStored = item.kind === ACTION_DONE;
    leave(state, turn, isStored ? 'done' : 'failed', {
      refundMinor: made.refundMinor,
      policyVersion: made.policyVersion,
    });
    return toDeciding(state, turn, { quote: made, reason: stage.reason, problem: differs(item, made) });
  },
});

/** The quote is a pure function: it is computed here again, and what was stored is compared rather than believed. */
function differs(item: MailboxItem, made: RefundQuote): string | null {
  if (item.kind === 'failed') return 'The quote could not be stored';
  const stored = count(item.payload, 'refundMinor');
  return stored === made.refundMinor ? null : `The stored quote says ${stored ?? 'nothing'}`;
}
