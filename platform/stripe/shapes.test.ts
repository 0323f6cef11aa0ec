import { describe, expect, it } from 'vitest';
import { disputeOf } from './shapes.ts';

describe('a dispute of Stripe', () => {
  const of = (status: string, moves: number[]) =>
    disputeOf({
      id: 'du_1',
      status,
      amount: 100,
      currency: 'eur',
      balance_transactions: moves.map((amount) => ({ amount })),
    });

  it.each([
    ['warning_needs_response', [], 'open', false],
    ['warning_under_review', [], 'open', false],
    ['warning_closed', [], 'won', false],
    // Reported before Stripe has listed what it takes.
    ['needs_response', [], 'open', true],
    ['needs_response', [-100], 'open', true],
    ['under_review', [-100], 'open', true],
    ['won', [-100, 100], 'won', false],
    ['lost', [-100], 'lost', true],
  ])('%s with %j is %s, and it has taken the money: %s (getlago/lago-api 6444)', (status, moves, state, isWithdrawn) =>
    expect(of(status, moves)).toMatchObject({ state, isWithdrawn }),
  );
});
