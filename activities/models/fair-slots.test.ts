import { describe, expect, it } from 'vitest';
import { createFairSlots } from './fair-slots.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('fair slots', () => {
  it('never gives out more than there are, nor more to a batch than its own limit', async () => {
    const slots = createFairSlots(() => 3);
    const given: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      void slots.take({ workspaceId: 'a', batchId: '1', limit: 2 }).then(() => given.push('a'));
      void slots.take({ workspaceId: 'b', batchId: '1', limit: 5 }).then(() => given.push('b'));
    }
    await settled();
    expect(given).toHaveLength(3);
    expect(given.filter((name) => name === 'a').length).toBeLessThanOrEqual(2);
  });

  it('lets a small batch in between the documents of a large one', async () => {
    const slots = createFairSlots(() => 1);
    const order: string[] = [];
    const work = async (workspaceId: string, batchId: string): Promise<void> => {
      const release = await slots.take({ workspaceId, batchId, limit: 10 });
      order.push(`${workspaceId}${batchId}`);
      await settled();
      release();
    };
    await Promise.all([...Array.from({ length: 6 }, () => work('a', '1')), work('b', '1'), work('a', '2')]);
    expect(order.indexOf('b1')).toBeLessThanOrEqual(2);
    expect(order.indexOf('a2')).toBeLessThanOrEqual(3);
    expect(order).toHaveLength(8);
  });

  it('counts a slot that is given back twice once', async () => {
    const slots = createFairSlots(() => 1);
    const release = await slots.take({ workspaceId: 'a', batchId: '1', limit: 1 });
    release();
    release();
    await slots.take({ workspaceId: 'a', batchId: '1', limit: 1 });
    let isThird = false;
    void slots.take({ workspaceId: 'a', batchId: '1', limit: 1 }).then(() => (isThird = true));
    await settled();
    expect(isThird).toBe(false);
  });
});
