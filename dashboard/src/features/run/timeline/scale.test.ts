import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ticksOf, timeScale } from './scale.ts';

it('goes from 0 to 1 and never falls', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 2, maxLength: 30 }), (instants) => {
      fc.pre(new Set(instants).size > 1);
      const scale = timeScale(instants);
      const places = instants.toSorted((a, b) => a - b).map(scale);
      expect(places[0]).toBe(0);
      expect(places.at(-1)).toBeCloseTo(1);
      expect(places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0))).toBe(true);
    }),
  );
});

it('draws a second in a month wide enough to be seen', () => {
  const month = 30 * 86_400_000;
  const scale = timeScale([0, 1_000, month]);
  expect(scale(1_000)).toBeGreaterThan(0.05);
});

it('names the present and what is due on the axis, and of the rest what finds room', () => {
  const scale = (at: number): number => at / 100;
  expect(ticksOf([50, 100], [0, 45, 60, 70, 75], scale)).toEqual([0, 50, 70, 100]);
  // The first label begins at its instant: the next one, in the middle of its own, needs room beside it.
  expect(ticksOf([0], [20, 29], scale)).toEqual([0, 29]);
  expect(ticksOf([98, 100], [0], scale)).toEqual([0, 98]);
});
