import { expect, it } from 'vitest';
import { createBudgets } from './budget.ts';

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A batch that has spent nothing yet. */
function batch(budgetMicros: number): { id: string; spent: number; spentMicros(): number; budgetMicros(): number } {
  return {
    id: 'b',
    spent: 0,
    spentMicros() {
      return this.spent;
    },
    budgetMicros: () => budgetMicros,
  };
}

it('makes calls wait for one another where the budget does not hold all at once, and stops when it is spent', async () => {
  const budgets = createBudgets();
  const own = batch(100);
  const first = await budgets.hold(own, 60, never);
  let second: unknown = 'waiting';
  void budgets.hold(own, 60, never).then((hold) => (second = hold));
  await settled();
  expect(second).toBe('waiting');
  // The first cost a third of what was reserved for it.
  first?.set(20);
  await settled();
  expect(second).toMatchObject({});
  expect(await budgets.hold(own, 90, AbortSignal.timeout(10)).catch(() => 'waits')).toBe('waits');
});

it('does not let a document wait for what it holds itself', async () => {
  const budgets = createBudgets();
  const own = batch(100);
  (await budgets.hold(own, 60, never))?.set(60);
  expect(await budgets.hold(own, 60, never)).toBeNull();
});

it('knows what another chunk of the batch has seen to be spent', async () => {
  const budgets = createBudgets();
  const [one, other] = [batch(100), batch(100)];
  const open = await budgets.hold(other, 1, never);
  const hold = await budgets.hold(one, 90, never);
  one.spent = 90;
  hold?.release();
  open?.release();
  const still = await budgets.hold(one, 1, never);
  still?.set(1);
  expect(await budgets.hold(other, 50, never)).toBeNull();
});
