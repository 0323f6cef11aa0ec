import { describe, expect, it } from 'vitest';
import { isDelivered } from './delivery.ts';
import { whyMissing } from './manifest.ts';

describe('a written document is delivered', () => {
  const reviews = ['flagged', 'all'] as const;
  const flags = [false, true];
  const undecided = ['deliver', 'withhold'] as const;
  const of = <D extends string | null>(decisions: D[]) =>
    decisions.flatMap((decision) =>
      flags.flatMap((isFlagged) =>
        reviews.flatMap((review) =>
          undecided.map((others) => ({ decision, isFlagged, review, others, isBeingChanged: false })),
        ),
      ),
    );

  it.each(of(['approve', 'reject']))('as a person decided, whatever the flag (A1): %j', (at) => {
    expect(isDelivered(at, { review: at.review, undecided: at.others })).toBe(at.decision === 'approve');
  });

  it.each(of([null]))('as its whole review was decided, or without one: %j', (at) => {
    const isReviewed = at.review === 'all' || at.isFlagged;
    expect(isDelivered(at, { review: at.review, undecided: at.others })).toBe(!isReviewed || at.others === 'deliver');
  });

  it.each(of(['approve', 'reject', null]))('never while its text is being changed: %j', (at) => {
    const delivered = isDelivered({ ...at, isBeingChanged: true }, { review: at.review, undecided: at.others });
    expect(delivered).toBe(false);
  });

  it('and errors.csv says who took it out, not what a check found', () => {
    const finding = { check: 'facts', code: 'facts.number', severity: 'warning', message: 'x', evidence: null };
    const taken = { rendered: 'withheld', error: null, findings: [{ ...finding, severity: 'error' }] };
    expect(whyMissing({ ...taken, decision: 'reject', decided_by: 'Ana', open_draft: null })?.message).toBe(
      'Taken out by Ana',
    );
    expect(whyMissing({ ...taken, decision: null, decided_by: null, open_draft: null })?.message).toBe('Withheld: x');
    const quiet = { ...taken, findings: [finding], decision: null, decided_by: null, open_draft: null };
    expect(whyMissing({ ...quiet, open_draft: 2 })?.message).toBe('It was being changed when the review was over');
    expect(whyMissing(quiet)?.message).toBe('Withheld by the review');
  });
});
