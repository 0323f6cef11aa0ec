import { expect, it } from 'vitest';
import { isSoon } from './due.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

it.each([
  ['an approval of three days, two hours before its end', 'person', 120, 3 * day, false],
  ['an approval of three days, 50 minutes before its end', 'person', 50, 3 * day, true],
  ['an approval of half an hour from its beginning', 'person', 30, 30 * minute, false],
  ['an approval of half an hour, seven minutes before its end', 'person', 7, 30 * minute, true],
  ['an approval whose beginning is not known', 'person', 59, null, true],
  ['an approval that nobody decided', 'person', -1, 3 * day, true],
  ['a hold of half an hour from its beginning', 'seat', 30, null, false],
  ['a hold that ends in ten minutes', 'seat', 10, null, true],
  ['a wait of two days that ends in a minute', 'itself', 1, null, false],
  ['a wait whose end has just passed', 'itself', -0.5, null, false],
  ['a wait that should have ended two minutes ago', 'itself', -2, null, true],
] as const)('alarms by what is due and how soon: %s', (_, due, minutes, whole, alarms) => {
  expect(isSoon(due, minutes * minute, whole)).toBe(alarms);
});
