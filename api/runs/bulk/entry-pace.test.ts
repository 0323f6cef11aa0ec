import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paceOf } from './entry-pace.ts';

it('lets no more people in a minute than its rate, in passes of ten seconds or of one person', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (rate) => {
      const { most, restMs } = paceOf(rate);
      expect((most * 60_000) / restMs(most)).toBeLessThanOrEqual(rate);
      expect(most === 1 || restMs(most) <= 10_000).toBe(true);
    }),
  );
  expect([paceOf(6), paceOf(600)].map(({ most, restMs }) => [most, restMs(most)])).toEqual([
    [1, 10_000],
    [100, 10_000],
  ]);
});

it('rests for who has entered alone, and without a rate not at all', () => {
  expect(paceOf(60).restMs(3)).toBe(3_000);
  expect(paceOf(60).restMs(0)).toBe(0);
  expect(paceOf(null).restMs(5_000)).toBe(0);
});
