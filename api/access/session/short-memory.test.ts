import { describe, expect, it } from 'vitest';
import { ShortMemory } from './short-memory.ts';

describe('a short memory', () => {
  const counter = (): { asked: number; ask(): Promise<number> } => {
    const counting = { asked: 0, ask: () => Promise.resolve((counting.asked += 1)) };
    return counting;
  };

  it('asks once for all who ask together, for each key, and again when the moment is over', async () => {
    const [memory, counting] = [new ShortMemory<number>(200), counter()];
    expect(await Promise.all([memory.of('a', counting.ask), memory.of('a', counting.ask)])).toEqual([1, 1]);
    expect(await memory.of('b', counting.ask)).toBe(2);
    await expect.poll(() => memory.of('a', counting.ask)).toBe(3);
  });

  it('forgets a failure at once', async () => {
    const [memory, counting] = [new ShortMemory<number>(60_000), counter()];
    await expect(memory.of('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await memory.of('a', counting.ask)).toBe(1);
  });

  it('holds a bounded number of answers', async () => {
    const [memory, counting] = [new ShortMemory<number>(60_000), counter()];
    for (let key = 0; key <= 5_000; key += 1) await memory.of(String(key), counting.ask);
    expect(await memory.of('5000', counting.ask)).toBe(5_001);
    expect(await memory.of('0', counting.ask)).toBe(5_002);
  });
});
