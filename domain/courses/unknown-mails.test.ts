import { describe, expect, it } from 'vitest';
import type { Advanced, JsonObject } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { advanceEnrollment } from './machine.ts';
import type { EnrollmentState } from './state.ts';
import { settledMails } from './unknown-mails.ts';
import { enrollmentTerms } from '../../test/support/enrollment-terms.ts';

const now = '2026-12-01T09:00:00.000Z';
const expiresAt = '2026-12-01T10:00:00.000Z';

/** Advances a learner by messages; what an action is answered with is given by its name. */
function after(
  last: Advanced<EnrollmentState> | null,
  ...messages: { kind: string; ref?: string; payload?: JsonObject }[]
): Advanced<EnrollmentState> {
  const mailbox = messages.map((message, seq) => ({ ref: null, payload: {}, seq, at: now, ...message }));
  return advanceEnrollment(enrollmentTerms, last?.state ?? null, { now, mailbox });
}

const answer = (last: Advanced<EnrollmentState>, activity: string, payload: JsonObject) => ({
  kind: ACTION_DONE,
  ref: last.actions.find((action) => action.activity === activity)?.id ?? 'none',
  payload,
});

/** A learner whose payment link may have arrived or not. */
function unknownLink(): Advanced<EnrollmentState> {
  const begun = after(null);
  const eligible = after(begun, answer(begun, 'checkEligibility', { isEligible: true }));
  const seated = after(eligible, answer(eligible, 'takeSeat', { seat: 'held', expiresAt }));
  const asked = after(seated, answer(seated, 'createCheckout', { url: 'https://pay.example', checkoutId: 'cs' }));
  return after(asked, answer(asked, 'sendMessage', { unknown: true }));
}

const decide = (last: Advanced<EnrollmentState>, outcome: string) => {
  const [gate] = last.gates;
  return { kind: 'gate', payload: { step: gate?.step ?? '', visit: gate?.visit ?? 0, outcome } };
};

describe('a mail that the learner waits for and that may have arrived or not', () => {
  it('is asked about, and holds up nothing', () => {
    const unknown = unknownLink();
    expect(unknown.gates).toMatchObject([{ step: 'payment-mail-unknown', visit: 1, dueAt: null }]);
    expect(unknown.gates[0]?.outcomes.map(({ name }) => name)).toEqual(['arrived', 'again', 'leave']);
    expect(unknown).toMatchObject({ actions: [], status: 'waiting', dueAt: expiresAt });
  });

  it.each([
    ['arrived', 0, true],
    ['leave', 0, false],
    ['again', 1, false],
  ])('said to be: %s', (outcome, mails, happened) => {
    const unknown = unknownLink();
    const settled = after(unknown, decide(unknown, outcome));
    expect(settled.gates).toEqual([]);
    expect(settled.actions.map(({ id, activity }) => [id, activity])).toEqual(
      mails === 1 ? [['payment-mail/2', 'sendMessage']] : [],
    );
    expect(settledMails(settled.steps)).toEqual([{ step: 'payment-mail', visit: 1, happened }]);
    const twice = after(settled, decide(unknown, outcome));
    expect(twice.actions).toEqual(settled.actions);
  });

  it('is not asked about any more when the reply comes after all', () => {
    const unknown = unknownLink();
    const replied = after(unknown, { kind: 'lateReply', payload: { step: 'payment-mail', visit: 1 } });
    expect(replied).toMatchObject({ gates: [], actions: [] });
    expect(replied.steps).toMatchObject([{ step: 'payment-mail', visit: 1, status: 'done' }]);
    const other = after(unknown, { kind: 'lateReply', payload: { step: 'payment-mail', visit: 2 } });
    expect(other.gates).toHaveLength(1);
  });

  it('is asked about again when its second copy has an unknown end, too', () => {
    const unknown = unknownLink();
    const again = after(unknown, decide(unknown, 'again'));
    const second = after(again, answer(again, 'sendMessage', { unknown: true }));
    expect(second.gates).toMatchObject([{ step: 'payment-mail-unknown', visit: 2 }]);
  });

  it('is forgotten once the learner has paid, and keeps no enrollment from its end', () => {
    const unknown = unknownLink();
    const paid = { kind: 'payment', payload: { status: 'paid', paymentIntent: 'pi', amountMinor: 12_000 } };
    expect(after(unknown, paid).gates).toEqual([]);
    let last = after(unknown, { kind: 'exit', payload: { reason: 'cancelled' } });
    for (let turn = 0; turn < 10 && !last.ended; turn += 1)
      last = after(last, ...last.actions.map(({ activity }) => answer(last, activity, { checkout: 'expired' })));
    expect(last.ended).toMatchObject({ outcome: 'cancelled' });
  });

  it('is not asked about where nobody waits for it', () => {
    const unknown = unknownLink();
    const paid = after(unknown, {
      kind: 'payment',
      payload: { status: 'paid', paymentIntent: 'pi', amountMinor: 12_000 },
    });
    const seated = after(paid, answer(paid, 'confirmSeat', { seat: 'confirmed' }));
    const welcomed = after(seated, answer(seated, 'sendMessage', { unknown: true }));
    expect(welcomed.gates).toEqual([]);
    expect(welcomed.state.errands.filter(({ kind }) => kind === 'mail')).toEqual([]);
  });
});
