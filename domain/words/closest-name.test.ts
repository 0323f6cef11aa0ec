import { expect, it } from 'vitest';
import { closestName } from './closest-name.ts';

it.each([
  ['cart.update', 'cart.updated'],
  ['Cart Updated', 'cart.updated'],
  ['order_placed', 'order.placed'],
  ['oder.placed', 'order.placed'],
  ['page.viewed', null],
  ['', null],
])('means by “%s” the name %s (parcelvoy#336)', (name, meant) => {
  expect(closestName(name, ['order.placed', 'cart.updated'])).toBe(meant);
});
